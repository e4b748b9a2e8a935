#![expect(clippy::unwrap_used, reason = "tests")]

mod inside;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;

use rcgen::{CertificateParams, KeyPair};
use reqwest::dns::{Addrs, Name, Resolving};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::tasks::Tasks;

/// A site on this machine, with a certificate of its own.
struct Site {
    port: u16,
    certificate: Vec<u8>,
    asked: Arc<Mutex<Vec<String>>>,
}

/// What it answers to a path; nothing at all for nothing.
type Answers = fn(&str) -> Vec<u8>;

impl Site {
    async fn new(answers: Answers) -> Self {
        let key = KeyPair::generate().unwrap();
        let names = vec!["site.test".to_owned(), "localhost".to_owned()];
        let certificate = CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
        let certificate = certificate.der().to_vec();
        let chain = vec![CertificateDer::from(certificate.clone())];
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let site = Self {
            port: listener.local_addr().unwrap().port(),
            certificate,
            asked: Arc::default(),
        };
        let (tasks, asked) = (Tasks::new(), Arc::clone(&site.asked));
        drop(tasks.clone().spawn("site", async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (acceptor, asked) = (acceptor.clone(), Arc::clone(&asked));
                drop(tasks.spawn("visitor", serve(socket, acceptor, asked, answers)));
            }
        }));
        site
    }

    /// Looks at this site, whatever name is asked for.
    fn fetcher(&self) -> Fetcher {
        Fetcher::new(
            Arc::new(Here(self.port)),
            Roots::Only(vec![self.certificate.clone()]),
        )
        .unwrap()
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(socket: TcpStream, acceptor: TlsAcceptor, asked: Arc<Mutex<Vec<String>>>, answers: Answers) {
    // Whoever does not believe the certificate hangs up.
    let Ok(mut stream) = acceptor.accept(socket).await else {
        return;
    };
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => return,
        }
    }
    let request = String::from_utf8(request).unwrap().to_ascii_lowercase();
    let path = request.split(' ').nth(1).unwrap().to_owned();
    asked.lock().unwrap().push(request);
    let answer = answers(&path);
    if answer.is_empty() {
        std::future::pending::<()>().await;
    }
    // Whoever has enough hangs up in the middle.
    if stream.write_all(&answer).await.is_ok() {
        let _ = stream.shutdown().await;
    }
}

/// Every name leads to this machine.
struct Here(u16);

impl Resolve for Here {
    fn resolve(&self, _: Name) -> Resolving {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.0));
        Box::pin(async move {
            let addresses: Addrs = Box::new(std::iter::once(address));
            Ok::<Addrs, Box<dyn StdError + Send + Sync>>(addresses)
        })
    }
}

fn answer(kind: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nset-cookie: a=b\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn page(head: &str) -> Vec<u8> {
    answer(
        "text/html; charset=utf-8",
        format!("<html><head>{head}</head>").as_bytes(),
    )
}

fn redirect_to(place: &str) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 302 Found\r\nlocation: {place}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    head.into_bytes()
}

const WITH_PICTURE: &str = r#"<title>Seeds</title><meta property="og:image" content="/picture.png">"#;

#[tokio::test]
async fn a_page_tells_its_title_and_its_picture_and_learns_nothing() {
    let site = Site::new(|path| match path {
        "/seeds" => page(WITH_PICTURE),
        _ => answer("image/png", b"a picture"),
    })
    .await;
    let link = "https://site.test/seeds";
    let found = site.fetcher().look(link).await.unwrap();
    assert_eq!(
        (found.url.as_str(), found.title.as_deref()),
        (link, Some("Seeds"))
    );
    assert_eq!(found.picture.as_deref(), Some(b"a picture".as_slice()));
    let asked = site.asked();
    assert_eq!(asked.len(), 2);
    for request in asked {
        assert!(
            !request.contains("referer") && !request.contains("cookie"),
            "{request}"
        );
        assert!(request.contains("user-agent: whatsapp\r\n"), "{request}");
    }
}

#[tokio::test]
async fn twenty_redirects_are_followed_and_no_more() {
    let site = Site::new(|path| match path.trim_start_matches('/').parse::<u32>() {
        Ok(0) | Err(_) => page("<title>There</title>"),
        Ok(left) => redirect_to(&format!("/{}", left - 1)),
    })
    .await;
    let found = site.fetcher().look("https://site.test/20").await.unwrap();
    assert_eq!(found.title.as_deref(), Some("There"));
    let refused = site.fetcher().look("https://site.test/21").await;
    assert_eq!(refused, Err(PreviewError::Redirects));
}

#[tokio::test]
async fn no_redirect_leads_out_of_the_net_or_away_from_https() {
    let site = Site::new(|path| match path {
        "/plain" => redirect_to("http://site.test/"),
        "/address" => redirect_to("https://127.0.0.1/"),
        "/number" => redirect_to("https://2130706433/"),
        "/newer" => redirect_to("https://[::1]/"),
        "/name" => redirect_to("https://localhost/"),
        "/person" => redirect_to("https://me@site.test/"),
        _ => page("<title>no</title>"),
    })
    .await;
    for path in ["plain", "address", "number", "newer", "name", "person"] {
        let refused = site.fetcher().look(&format!("https://site.test/{path}")).await;
        assert_eq!(refused, Err(PreviewError::Link), "{path}");
    }
    assert_eq!(site.asked().len(), 6);
}

#[tokio::test]
async fn pictures_elsewhere_are_looked_at_like_links() {
    let site = Site::new(|path| match path {
        "/" => page(
            r#"<title>t</title><meta property="og:image" content="http://site.test/a.png">
               <meta property="og:image" content="https://10.0.0.1/a.png"><link rel="icon" href="data:,x">"#,
        ),
        _ => answer("image/png", b"no"),
    })
    .await;
    let found = site.fetcher().look("https://site.test/").await.unwrap();
    assert_eq!((found.title.as_deref(), found.picture), (Some("t"), None));
    assert_eq!(site.asked().len(), 1);
}

#[tokio::test]
async fn what_is_too_large_is_not_read_to_its_end() {
    let site = Site::new(|path| match path {
        "/announced" => page(r#"<title>t</title><link rel="icon" href="/large">"#),
        "/endless" => page(r#"<title>t</title><link rel="icon" href="/unannounced">"#),
        "/page" => answer(
            "text/html",
            &[b"<title>t</title>".as_slice(), &vec![b' '; 50_000_000]].concat(),
        ),
        "/late" => answer(
            "text/html",
            &[&vec![b' '; PAGE_BYTES][..], b"<title>t</title>"].concat(),
        ),
        "/large" => answer("image/png", &vec![0; PICTURE_BYTES + 1]),
        _ => [
            b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".as_slice(),
            &vec![0; 50_000_000],
        ]
        .concat(),
    })
    .await;
    for path in ["announced", "endless", "page"] {
        let found = site
            .fetcher()
            .look(&format!("https://site.test/{path}"))
            .await
            .unwrap();
        assert_eq!(
            (found.title.as_deref(), found.picture),
            (Some("t"), None),
            "{path}"
        );
    }
    let late = site.fetcher().look("https://site.test/late").await;
    assert_eq!(late, Err(PreviewError::Nothing));
}

#[tokio::test]
async fn only_pages_have_a_preview() {
    let site = Site::new(|path| match path {
        "/file" => answer("application/pdf", b"%PDF"),
        "/untitled" => page("<p>hello</p>"),
        "/rubbish" => b"no http\r\n\r\n".to_vec(),
        _ => b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_vec(),
    })
    .await;
    for (path, wanted) in [
        ("file", PreviewError::NotAPage),
        ("gone", PreviewError::NotAPage),
        ("untitled", PreviewError::Nothing),
        ("rubbish", PreviewError::Broken),
    ] {
        let refused = site.fetcher().look(&format!("https://site.test/{path}")).await;
        assert_eq!(refused, Err(wanted), "{path}");
    }
}

#[tokio::test]
async fn a_site_with_another_certificate_is_not_believed() {
    let site = Site::new(|_| page("<title>no</title>")).await;
    let other = Site::new(|_| Vec::new()).await;
    let roots = Roots::Only(vec![other.certificate.clone()]);
    let fetcher = Fetcher::new(Arc::new(Here(site.port)), roots).unwrap();
    let refused = fetcher.look("https://site.test/").await;
    assert_eq!(refused, Err(PreviewError::Connect));
    let elsewhere = site.fetcher().look("https://other.test/").await;
    assert_eq!(elsewhere, Err(PreviewError::Connect), "it is for another name");
    assert!(site.asked().is_empty());
}

#[tokio::test]
async fn a_silent_site_is_not_waited_for() {
    let site = Site::new(|path| match path {
        "/page" => page(WITH_PICTURE),
        _ => Vec::new(),
    })
    .await;
    let fetcher = Fetcher {
        limit: Duration::from_millis(300),
        ..site.fetcher()
    };
    let refused = fetcher.look("https://site.test/silent").await;
    assert_eq!(refused, Err(PreviewError::Timeout));
    let patient = Fetcher {
        limit: Duration::from_secs(3),
        ..site.fetcher()
    };
    let found = patient.look("https://site.test/page").await.unwrap();
    assert_eq!((found.title.as_deref(), found.picture), (Some("Seeds"), None));
}

/// With the resolver of the app: a site on this machine is not reached, by whatever name.
#[tokio::test]
async fn no_name_leads_to_this_machine() {
    let site = Site::new(|_| page("<title>no</title>")).await;
    let roots = Roots::Only(vec![site.certificate.clone()]);
    let fetcher = Fetcher::new(Arc::new(PublicNames), roots).unwrap();
    let link = format!("https://localhost:{}/", site.port);
    assert_eq!(fetcher.look(&link).await, Err(PreviewError::Link));
    // Past the look at the link, where a name of the net that leads here would stand.
    let refused = fetcher.page(Url::parse(&link).unwrap()).await;
    assert_eq!(refused.err(), Some(PreviewError::NotPublic));
    assert!(site.asked().is_empty());
}
