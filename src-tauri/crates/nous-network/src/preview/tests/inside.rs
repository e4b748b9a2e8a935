//! Sites of the net whose names, redirects and pictures lead to machines that are not of the net.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{Site, WITH_PICTURE, answer, page, redirect_to};
use crate::preview::addresses::public_of;
use crate::preview::{Fetcher, PreviewError, Roots};

/// Names of the net, and the addresses that their servers tell of them.
const INSIDE: [(&str, &str); 6] = [
    ("machine.test", "127.0.0.1"),
    ("private.test", "10.1.2.3"),
    ("cloud.test", "169.254.169.254"),
    ("newer.test", "::1"),
    ("unique.test", "fd00::1"),
    ("mapped.test", "::ffff:127.0.0.1"),
];

/// Every name that was looked up, in order.
type Names = Arc<Mutex<Vec<String>>>;

/// Names as their servers tell them; like the app's own resolver it leaves public addresses only.
struct Told {
    port: u16,
    /// So often `site.test` is where the test has it, in the place of a site of the net; then its server
    /// says that it is this machine.
    honest: usize,
    names: Names,
}

impl Resolve for Told {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let before = {
            let mut names = self.names.lock().unwrap();
            names.push(name.clone());
            names.iter().filter(|other| **other == name).count() - 1
        };
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let found = if name == "site.test" && before < self.honest {
            let here: Addrs = Box::new(std::iter::once(here));
            Ok(here)
        } else {
            let told = INSIDE.iter().find(|(known, _)| *known == name);
            let address: IpAddr = told.map_or("127.0.0.1", |(_, told)| *told).parse().unwrap();
            public_of(std::iter::once(SocketAddr::new(address, self.port)))
        };
        Box::pin(std::future::ready(found))
    }
}

/// What looks at the site, and the names that it looks up.
fn looking_at(site: &Site, honest: usize) -> (Fetcher, Names) {
    let names = Names::default();
    let told = Told {
        port: site.port,
        honest,
        names: Arc::clone(&names),
    };
    let roots = Roots::Only(vec![site.certificate.clone()]);
    (Fetcher::new(Arc::new(told), roots).unwrap(), names)
}

fn looked_up(names: &Names) -> Vec<String> {
    names.lock().unwrap().clone()
}

/// A path says whereto it leads in the end, and whether to another page of the site before.
fn led_away(path: &str) -> Vec<u8> {
    match path.trim_start_matches('/').split_once('/') {
        Some(("twice", name)) => redirect_to(&format!("https://site.test/once/{name}")),
        Some((_, name)) => redirect_to(&format!("https://{name}/")),
        None => page("<title>no</title>"),
    }
}

#[tokio::test]
async fn neither_the_first_redirect_nor_the_second_leads_to_a_name_of_a_machine_inside() {
    let site = Site::new(led_away).await;
    for (name, _) in INSIDE {
        for (way, pages) in [("once", 1), ("twice", 2)] {
            let (fetcher, names) = looking_at(&site, usize::MAX);
            let before = site.asked().len();
            let refused = fetcher.look(&format!("https://site.test/{way}/{name}")).await;
            assert_eq!(refused, Err(PreviewError::NotPublic), "{way} {name}");
            assert_eq!(site.asked().len() - before, pages, "{way} {name}");
            let looked_up = looked_up(&names);
            assert_eq!(looked_up.len(), pages + 1);
            assert_eq!(looked_up.last().map(String::as_str), Some(name));
        }
    }
}

#[tokio::test]
async fn a_link_to_a_name_of_a_machine_inside_is_not_followed() {
    let site = Site::new(led_away).await;
    for (name, _) in INSIDE {
        let (fetcher, _) = looking_at(&site, usize::MAX);
        let refused = fetcher.look(&format!("https://{name}/")).await;
        assert_eq!(refused, Err(PreviewError::NotPublic), "{name}");
    }
    assert!(site.asked().is_empty());
}

#[tokio::test]
async fn what_a_server_says_of_its_name_a_moment_later_is_looked_at_anew() {
    let site = Site::new(|path| match path {
        "/away" => redirect_to("https://site.test/here"),
        "/seeds" => page(WITH_PICTURE),
        _ => answer("image/png", b"no"),
    })
    .await;
    let (fetcher, names) = looking_at(&site, 1);
    let refused = fetcher.look("https://site.test/away").await;
    assert_eq!(refused, Err(PreviewError::NotPublic));
    assert_eq!(looked_up(&names), ["site.test", "site.test"]);
    let (fetcher, names) = looking_at(&site, 1);
    let found = fetcher.look("https://site.test/seeds").await.unwrap();
    assert_eq!((found.title.as_deref(), found.picture), (Some("Seeds"), None));
    assert_eq!(looked_up(&names), ["site.test", "site.test"]);
    assert_eq!(site.asked().len(), 2, "neither the page behind nor the picture");
}

#[tokio::test]
async fn no_picture_comes_from_a_machine_inside() {
    let site = Site::new(|path| match path {
        "/" => page(
            r#"<title>t</title><meta property="og:image" content="https://private.test/a.png">
               <meta property="og:image" content="/b.png">"#,
        ),
        "/b.png" => redirect_to("https://unique.test/b.png"),
        _ => answer("image/png", b"no"),
    })
    .await;
    let (fetcher, names) = looking_at(&site, usize::MAX);
    let found = fetcher.look("https://site.test/").await.unwrap();
    assert_eq!((found.title.as_deref(), found.picture), (Some("t"), None));
    let wanted = ["site.test", "private.test", "site.test", "unique.test"];
    assert_eq!(looked_up(&names), wanted);
    assert_eq!(site.asked().len(), 2);
}
