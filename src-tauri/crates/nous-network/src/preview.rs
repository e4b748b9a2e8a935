//! What a page of the web says of itself: its title and its picture, for the preview of a link.
//!
//! This is the one place where something is asked directly and not through an onion path: the site
//! sees our address. So it happens only where the person wants it, and for what they write
//! themselves. An address is checked where the connection is made: names lead to public addresses
//! only, whatever a server says of them a moment later. No proxy, no cookies, no referrer; every
//! redirect is looked at like the link itself.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | [`Fetcher`], [`Page`] |
//! | [`addresses`] | which addresses are public, and names that lead to them |
//! | `html` | title and pictures in the head of a page |
//! | [`link`] | which links are looked at |
//!
//! Source: `messages.md` §13, `product.md` §13.

pub mod addresses;
mod html;
pub mod link;

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use nous_protocol::error::{ErrorKind, HasKind, HasRetry, Retry};
use reqwest::dns::Resolve;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Response, redirect};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use url::Url;

use self::addresses::{NotPublic, PublicNames};
use self::html::Head;
use crate::clock;

/// How long page and picture may take together.
const LIMIT: Duration = Duration::from_secs(20);
/// How long a connection may take to stand.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// The most redirects of one request.
const MOST_REDIRECTS: usize = 20;
/// So much of a page is read: what is looked for stands at its beginning.
const PAGE_BYTES: usize = 500 << 10;
/// The most bytes of a picture.
const PICTURE_BYTES: usize = 1 << 20;
/// So many of the pictures that a page names are tried.
const PICTURES_TRIED: usize = 3;

/// Whose word is believed for a site.
#[derive(Debug, Clone)]
pub enum Roots {
    /// That of the authorities that the system believes.
    System,
    /// That of these certificates only, each as DER.
    Only(Vec<Vec<u8>>),
}

/// What a page says of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Page {
    /// The link, as it was asked for.
    pub url: String,
    /// Its title, in one line, as the page writes it.
    pub title: Option<String>,
    /// The file of its picture, whatever it is.
    pub picture: Option<Vec<u8>>,
}

/// Shows nothing of the page.
impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Page(…)")
    }
}

/// Why nothing is known of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PreviewError {
    /// TLS or HTTP cannot be set up.
    #[error("HTTP cannot be set up")]
    Setup,
    /// Not a link that is looked at, or a redirect to one that is not.
    #[error("not a link to look at")]
    Link,
    /// The name leads to no public address.
    #[error("not a public address")]
    NotPublic,
    /// The chain of redirects is too long.
    #[error("too many redirects")]
    Redirects,
    /// No connection: nobody there, or a certificate that is not believed.
    #[error("no connection")]
    Connect,
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The server answered with an error, or with something else than a page.
    #[error("not a page")]
    NotAPage,
    /// The page has neither a title nor a picture.
    #[error("nothing to show")]
    Nothing,
    /// More bytes than allowed.
    #[error("too large")]
    TooLarge,
    /// The connection ended in the middle, or what came is not HTTP.
    #[error("connection broken")]
    Broken,
}

impl HasKind for PreviewError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Setup => ErrorKind::Bug,
            Self::Link => ErrorKind::InvalidInput,
            Self::NotPublic => ErrorKind::NotAllowed,
            Self::NotAPage | Self::Nothing => ErrorKind::NotFound,
            Self::TooLarge => ErrorKind::TooLarge,
            Self::Redirects | Self::Broken => ErrorKind::Damaged,
            Self::Connect | Self::Timeout => ErrorKind::Offline,
        }
    }
}

impl HasRetry for PreviewError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// Looks at pages. Nothing is kept between two looks.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    limit: Duration,
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fetcher(…)")
    }
}

impl Fetcher {
    /// `resolver`: makes addresses of names; whatever it answers is connected to. `roots`: whose
    /// certificates are believed. Blocks: the system's certificates are read from the disk.
    ///
    /// # Errors
    /// [`PreviewError::Setup`].
    pub fn new(resolver: Arc<dyn Resolve>, roots: Roots) -> Result<Self, PreviewError> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls(roots)?)
            // What other clients say, so that sites learn nothing from it.
            .user_agent("WhatsApp")
            .no_proxy()
            .redirect(redirect::Policy::custom(follow))
            .referer(false)
            .https_only(true)
            .http1_only()
            .dns_resolver(resolver)
            .connect_timeout(CONNECT_LIMIT)
            .timeout(LIMIT)
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|_| PreviewError::Setup)?;
        Ok(Self { client, limit: LIMIT })
    }

    /// For the web: public addresses, and the authorities that the system believes. Blocks.
    ///
    /// # Errors
    /// [`PreviewError::Setup`], also if the system has no certificates.
    pub fn for_the_web() -> Result<Self, PreviewError> {
        Self::new(Arc::new(PublicNames), Roots::System)
    }

    /// Looks at the page behind a link: its title, its picture, or both.
    ///
    /// `link`: as it stands in a text.
    ///
    /// # Errors
    /// [`PreviewError`]; that a picture cannot be had is none.
    pub async fn look(&self, link: &str) -> Result<Page, PreviewError> {
        let url = link::parse(link).ok_or(PreviewError::Link)?;
        let end = tokio::time::Instant::from_std(clock::monotonic() + self.limit);
        let (head, place) = tokio::time::timeout_at(end, self.page(url))
            .await
            .unwrap_or(Err(PreviewError::Timeout))?;
        // What is known by then is shown.
        let picture = tokio::time::timeout_at(end, self.picture(&head, &place)).await;
        let picture = picture.unwrap_or_default();
        if head.title.is_none() && picture.is_none() {
            return Err(PreviewError::Nothing);
        }
        Ok(Page {
            url: link.to_owned(),
            title: head.title,
            picture,
        })
    }

    /// The head of a page, and where it is in the end.
    async fn page(&self, url: Url) -> Result<(Head, Url), PreviewError> {
        let mut response = self.ask(url, "text/html,application/xhtml+xml").await?;
        let kind = content_type(response.headers());
        let is_page = ["text/html", "application/xhtml+xml"]
            .iter()
            .any(|page| kind.starts_with(page));
        if !is_page {
            return Err(PreviewError::NotAPage);
        }
        let mut bytes = Vec::new();
        while bytes.len() < PAGE_BYTES {
            match response.chunk().await {
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => break,
                // Half a page may say enough.
                Err(_) if !bytes.is_empty() => break,
                Err(error) => return Err(read_error(&error)),
            }
        }
        bytes.truncate(PAGE_BYTES);
        let place = response.url().clone();
        Ok((html::head_of(&html::text_of(&bytes, &kind)), place))
    }

    /// The first picture of a page that can be had.
    async fn picture(&self, head: &Head, place: &Url) -> Option<Vec<u8>> {
        for source in head.pictures.iter().take(PICTURES_TRIED) {
            let Some(url) = place.join(source).ok().filter(link::may_visit) else {
                continue;
            };
            match self.file(url).await {
                Ok(file) => return Some(file),
                Err(error) => tracing::debug!(%error, "a picture of a page was not fetched"),
            }
        }
        None
    }

    async fn file(&self, url: Url) -> Result<Vec<u8>, PreviewError> {
        let mut response = self.ask(url, "image/*").await?;
        let announced = response.content_length().unwrap_or(0);
        if announced > PICTURE_BYTES as u64 {
            return Err(PreviewError::TooLarge);
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| read_error(&error))? {
            if bytes.len().saturating_add(chunk.len()) > PICTURE_BYTES {
                return Err(PreviewError::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    async fn ask(&self, url: Url, accepted: &'static str) -> Result<Response, PreviewError> {
        let request = self.client.get(url).header(ACCEPT, accepted);
        let response = request.send().await.map_err(|error| read_error(&error))?;
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(PreviewError::NotAPage)
        }
    }
}

fn content_type(headers: &HeaderMap) -> String {
    let said = headers.get(CONTENT_TYPE).and_then(|said| said.to_str().ok());
    said.unwrap_or_default().trim().to_ascii_lowercase()
}

/// Why a redirect is not followed.
#[derive(Debug, thiserror::Error)]
enum NotFollowed {
    #[error("too many redirects")]
    TooMany,
    #[error("a redirect to what is not looked at")]
    Elsewhere,
}

fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    // The first of them is the link itself.
    if attempt.previous().len() > MOST_REDIRECTS {
        return attempt.error(NotFollowed::TooMany);
    }
    if link::may_visit(attempt.url()) {
        attempt.follow()
    } else {
        attempt.error(NotFollowed::Elsewhere)
    }
}

fn tls(roots: Roots) -> Result<ClientConfig, PreviewError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|_| PreviewError::Setup)?;
    match roots {
        Roots::System => {
            let verifier = Verifier::new(provider).map_err(|_| PreviewError::Setup)?;
            let builder = builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier));
            Ok(builder.with_no_client_auth())
        }
        Roots::Only(certificates) => {
            let mut store = RootCertStore::empty();
            for certificate in certificates {
                let added = store.add(CertificateDer::from(certificate));
                added.map_err(|_| PreviewError::Setup)?;
            }
            Ok(builder.with_root_certificates(store).with_no_client_auth())
        }
    }
}

fn read_error(error: &reqwest::Error) -> PreviewError {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(one) = cause {
        if one.is::<NotPublic>() {
            return PreviewError::NotPublic;
        }
        match one.downcast_ref::<NotFollowed>() {
            Some(NotFollowed::TooMany) => return PreviewError::Redirects,
            Some(NotFollowed::Elsewhere) => return PreviewError::Link,
            None => cause = one.source(),
        }
    }
    if error.is_timeout() {
        PreviewError::Timeout
    } else if error.is_connect() {
        PreviewError::Connect
    } else {
        PreviewError::Broken
    }
}

#[cfg(test)]
mod tests;
