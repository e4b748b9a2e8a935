//! Files on a server, reached through the onion.
//!
//! What is uploaded is encrypted already; this only carries bytes.
//!
//! Source: `network.md` §3.5 and §8.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use nous_protocol::error::{ErrorKind, HasKind, HasRetry, Retry};
use nous_protocol::onion::ServerTarget;
use nous_protocol::onion::v4::{Request, Response};
use nous_protocol::time::Timestamp;
use serde_json::Value;
use url::{Host, Url};

use crate::config::NetworkConfig;
use crate::error::SwarmError;
use crate::network::{Inner, Network};
use crate::progress::Progress;
use crate::requester::{Effort, Target};

/// The largest file as uploaded, in bytes.
pub const MAX_UPLOAD_BYTES: usize = 10_223_616;
/// The most bytes of an answer: a file, and some.
const ANSWER_BYTES: usize = MAX_UPLOAD_BYTES + (64 << 10);
/// So many bytes stand around a file in a request for the server.
pub const REQUEST_ROOM: usize = 512;
/// Where servers take onion requests.
const TARGET: &str = "/oxen/v4/lsrpc";
/// The longest id.
const ID_LENGTH: usize = 44;

/// Why a file could not be carried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Nothing to upload, or no such id or link.
    #[error("no usable file or link")]
    Input,
    /// Larger than the server takes.
    #[error("too large")]
    TooLarge,
    /// The file is gone, or never was.
    #[error("not found")]
    NotFound,
    /// The server refuses; holds its status.
    #[error("refused: status {0}")]
    Refused(u16),
    /// The server is in trouble; holds its status.
    #[error("server in trouble: status {0}")]
    ServerTrouble(u16),
    /// What the server answered cannot be what it should be.
    #[error("unusable answer")]
    BadAnswer,
    /// The server could not be reached.
    #[error(transparent)]
    Network(#[from] SwarmError),
}

impl HasKind for FileError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Input => ErrorKind::InvalidInput,
            Self::TooLarge => ErrorKind::TooLarge,
            Self::NotFound => ErrorKind::NotFound,
            Self::Refused(_) => ErrorKind::NodeRefused,
            Self::ServerTrouble(_) | Self::BadAnswer => ErrorKind::NodeTrouble,
            Self::Network(error) => error.kind(),
        }
    }
}

impl HasRetry for FileError {
    fn retry(&self) -> Retry {
        match self {
            Self::Input | Self::TooLarge | Self::NotFound | Self::Refused(_) => Retry::Never,
            Self::ServerTrouble(_) | Self::BadAnswer => Retry::After(Duration::from_secs(10)),
            Self::Network(error) => error.retry(),
        }
    }
}

/// A file on a server: its address, the server's key, and the id.
#[derive(Clone, PartialEq, Eq)]
pub struct FileLink {
    server: Url,
    ed25519: [u8; 32],
    is_default: bool,
    id: String,
    fragment: Vec<String>,
}

/// Shows nothing: the link lets anybody fetch the file.
impl fmt::Debug for FileLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileLink(…)")
    }
}

impl FileLink {
    /// A file on the network's own server.
    ///
    /// # Errors
    /// [`FileError::Input`] for an id that cannot be.
    pub fn on_default(config: &NetworkConfig, id: &str) -> Result<Self, FileError> {
        let server = config.file_server.url.clone();
        let id = Some(id)
            .filter(|id| is_id(id))
            .ok_or(FileError::Input)?
            .to_owned();
        Ok(Self {
            server,
            ed25519: config.file_server.ed25519,
            is_default: true,
            id,
            fragment: Vec::new(),
        })
    }

    /// Reads `http://host/file/<id>#p=<key>&d=`. A server that is not the network's own needs
    /// its key, and a public host name.
    ///
    /// # Errors
    /// [`FileError::Input`] for anything else.
    pub fn parse(config: &NetworkConfig, text: &str) -> Result<Self, FileError> {
        let mut url = Url::parse(text).map_err(|_| FileError::Input)?;
        let fragment: Vec<String> = url
            .fragment()
            .unwrap_or("")
            .split('&')
            .map(str::to_owned)
            .collect();
        url.set_fragment(None);
        let id = url
            .path()
            .strip_prefix("/file/")
            .filter(|id| is_id(id))
            .ok_or(FileError::Input)?
            .to_owned();
        let key = fragment.iter().find_map(|part| part.strip_prefix("p="));
        let default = &config.file_server;
        let same_host = (url.scheme(), url.host_str(), url.port_or_known_default())
            == (
                default.url.scheme(),
                default.url.host_str(),
                default.url.port_or_known_default(),
            );
        let ed25519 = match key {
            Some(key) => {
                let mut bytes = [0_u8; 32];
                hex::decode_to_slice(key, &mut bytes).map_err(|_| FileError::Input)?;
                bytes
            }
            None if same_host => default.ed25519,
            None => return Err(FileError::Input),
        };
        let usable =
            matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.username().is_empty();
        if !usable || !(same_host || is_public_name(&url)) {
            return Err(FileError::Input);
        }
        url.set_path("/");
        let is_default = same_host && ed25519 == default.ed25519;
        let fragment = fragment
            .into_iter()
            .filter(|part| !part.is_empty() && !part.starts_with("p="))
            .collect();
        Ok(Self {
            server: url,
            ed25519,
            is_default,
            id,
            fragment,
        })
    }

    /// The id on the server.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether the link has that flag in its fragment, as `d` for deterministic encryption.
    #[must_use]
    pub fn has_flag(&self, name: &str) -> bool {
        self.fragment
            .iter()
            .any(|part| part.split('=').next() == Some(name))
    }

    /// With a flag in the fragment: `d=`.
    #[must_use]
    pub fn with_flag(mut self, name: &str) -> Self {
        if !self.has_flag(name) {
            self.fragment.push(format!("{name}="));
        }
        self
    }

    /// The text of the link; the key is left out for the network's own server.
    #[must_use]
    pub fn to_text(&self) -> String {
        let key = (!self.is_default).then(|| format!("p={}", hex::encode(self.ed25519)));
        let parts: Vec<String> = key.into_iter().chain(self.fragment.iter().cloned()).collect();
        let mut url = self.server.clone();
        url.set_path(&format!("/file/{}", self.id));
        url.set_fragment((!parts.is_empty()).then(|| parts.join("&")).as_deref());
        url.to_string()
    }

    fn target(&self) -> Result<ServerTarget, FileError> {
        server_target(&self.server, &self.ed25519)
    }
}

fn server_target(url: &Url, ed25519: &[u8; 32]) -> Result<ServerTarget, FileError> {
    Ok(ServerTarget {
        host: url.host_str().ok_or(FileError::Input)?.to_owned(),
        target: TARGET.to_owned(),
        protocol: url.scheme().to_owned(),
        port: url.port_or_known_default().ok_or(FileError::Input)?,
        x25519: ServerTarget::x25519_of(ed25519).ok_or(FileError::Input)?,
    })
}

fn is_id(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !id.is_empty() && id.len() <= ID_LENGTH && id.bytes().all(allowed)
}

/// No address, no name of a machine or a private network.
fn is_public_name(url: &Url) -> bool {
    let Some(Host::Domain(name)) = url.host() else {
        return false;
    };
    let private = [
        "localhost",
        "local",
        "internal",
        "lan",
        "home",
        "arpa",
        "test",
        "invalid",
        "example",
    ];
    name.rsplit_once('.')
        .is_some_and(|(_, last)| !private.contains(&last))
}

/// What the server keeps of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// Its id.
    pub id: String,
    /// When it ends.
    pub expires: Timestamp,
    /// Its size in bytes, where the answer says it.
    pub size_bytes: Option<u64>,
}

impl Network {
    /// Uploads bytes to the network's own file server. `life`: as long as the server permits
    /// if absent.
    ///
    /// # Errors
    /// [`FileError`]; nothing is sent if `bytes` is empty or too large.
    pub async fn upload(&self, bytes: Vec<u8>, life: Option<Duration>) -> Result<FileFacts, FileError> {
        self.carry_up(bytes, life, None).await
    }

    /// The same; `progress` is told how much has left. With room for [`REQUEST_ROOM`] bytes more
    /// the file is not copied before it is put under layers.
    ///
    /// # Errors
    /// As [`Network::upload`].
    pub async fn carry_up(
        &self,
        bytes: Vec<u8>,
        life: Option<Duration>,
        progress: Option<&Progress>,
    ) -> Result<FileFacts, FileError> {
        match bytes.len() {
            0 => return Err(FileError::Input),
            1..=MAX_UPLOAD_BYTES => {}
            _ => return Err(FileError::TooLarge),
        }
        let size = u64::try_from(bytes.len()).ok();
        let request = with_life(Request::new("POST", "/file"), life).body("application/octet-stream", bytes);
        let server = &self.inner.config.file_server;
        let target = server_target(&server.url, &server.ed25519)?;
        let response = self.inner.ask_server(&target, request, progress).await?;
        let value = json_of(&response)?;
        let id = match value.get("id") {
            Some(Value::String(id)) => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            _ => return Err(FileError::BadAnswer),
        };
        let id = Some(id).filter(|id| is_id(id)).ok_or(FileError::BadAnswer)?;
        Ok(FileFacts {
            id,
            expires: expires(&value)?,
            size_bytes: size,
        })
    }

    /// Downloads a file.
    ///
    /// # Errors
    /// [`FileError`]; [`FileError::NotFound`] once it has ended.
    pub async fn download(&self, link: &FileLink) -> Result<Vec<u8>, FileError> {
        self.carry_down(link, None).await
    }

    /// The same; `progress` is told how much has come.
    ///
    /// # Errors
    /// As [`Network::download`].
    pub async fn carry_down(
        &self,
        link: &FileLink,
        progress: Option<&Progress>,
    ) -> Result<Vec<u8>, FileError> {
        let request = Request::new("GET", &format!("/file/{}", link.id));
        let response = self.inner.ask_server(&link.target()?, request, progress).await?;
        if response.body.len() > MAX_UPLOAD_BYTES {
            Err(FileError::TooLarge)
        } else {
            Ok(response.body)
        }
    }

    /// Size and end of a file.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn file_facts(&self, link: &FileLink) -> Result<FileFacts, FileError> {
        let request = Request::new("GET", &format!("/file/{}/info", link.id));
        facts(
            link,
            &self.inner.ask_server(&link.target()?, request, None).await?,
        )
    }

    /// Makes a file live longer; works for ids of 44 characters only.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn extend_file(&self, link: &FileLink, life: Option<Duration>) -> Result<FileFacts, FileError> {
        if link.id.len() != ID_LENGTH {
            return Err(FileError::Input);
        }
        let request = with_life(Request::new("POST", &format!("/file/{}/extend", link.id)), life);
        facts(
            link,
            &self.inner.ask_server(&link.target()?, request, None).await?,
        )
    }
}

fn with_life(request: Request, life: Option<Duration>) -> Request {
    match life {
        Some(life) => request.header("X-FS-TTL", &life.as_secs().to_string()),
        None => request,
    }
}

fn facts(link: &FileLink, response: &Response) -> Result<FileFacts, FileError> {
    let value = json_of(response)?;
    let size_bytes = value.get("size").and_then(Value::as_u64);
    Ok(FileFacts {
        id: link.id.clone(),
        expires: expires(&value)?,
        size_bytes,
    })
}

fn json_of(response: &Response) -> Result<Value, FileError> {
    serde_json::from_slice(&response.body).map_err(|_| FileError::BadAnswer)
}

/// Seconds since 1970, with a fraction.
#[allow(clippy::cast_possible_truncation, reason = "bounded just before")]
fn expires(value: &Value) -> Result<Timestamp, FileError> {
    let seconds = value
        .get("expires")
        .and_then(Value::as_f64)
        .ok_or(FileError::BadAnswer)?;
    if (0.0..1e12).contains(&seconds) {
        Ok(Timestamp::from_ms((seconds * 1_000.0) as i64))
    } else {
        Err(FileError::BadAnswer)
    }
}

impl Inner {
    /// A v4 request to a server; over a second path if the first one fails.
    pub(crate) async fn ask_server(
        &self,
        server: &ServerTarget,
        request: Request,
        progress: Option<&Progress>,
    ) -> Result<Response, FileError> {
        let used = Mutex::new(Vec::new());
        let limit = self.config.intervals.file;
        let effort = Effort {
            progress,
            ..Effort::within(limit, &used)
        };
        let payload = request.into_bytes();
        let ask = self.ask(Target::Server(server), &payload, ANSWER_BYTES, &effort);
        let opened = self.until_shutdown(ask).await.map_err(|error| match error {
            SwarmError::TooLarge => FileError::TooLarge,
            other => other.into(),
        })?;
        let response = Response::read(opened.bytes).map_err(|_| FileError::BadAnswer)?;
        match response.code {
            200..=299 => Ok(response),
            404 => Err(FileError::NotFound),
            413 => Err(FileError::TooLarge),
            429 | 500.. => Err(FileError::ServerTrouble(response.code)),
            code => Err(FileError::Refused(code)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn parse(text: &str) -> Result<FileLink, FileError> {
        FileLink::parse(&NetworkConfig::mainnet(), text)
    }

    #[test]
    fn the_networks_own_server_needs_no_key() {
        let link = parse("http://filev2.getsession.org/file/AbC-_9#d=").unwrap();
        assert_eq!(
            (link.id(), link.has_flag("d"), link.has_flag("e")),
            ("AbC-_9", true, false)
        );
        assert_eq!(link.to_text(), "http://filev2.getsession.org/file/AbC-_9#d=");
    }

    #[test]
    fn another_server_needs_its_key() {
        assert_eq!(parse("http://files.example.org/file/1"), Err(FileError::Input));
        let text = format!("https://files.example.org/file/1#p={}&d=", "ab".repeat(32));
        let link = parse(&text).unwrap();
        assert_eq!(link.to_text(), text);
        assert!(!link.is_default);
    }

    #[test]
    fn links_into_private_networks_are_refused() {
        for host in [
            "127.0.0.1",
            "[::1]",
            "localhost",
            "printer",
            "nas.local",
            "router.lan",
            "10.0.0.1",
        ] {
            let text = format!("http://{host}/file/1#p={}", "ab".repeat(32));
            assert_eq!(parse(&text), Err(FileError::Input), "{host}");
        }
    }

    #[test]
    fn strange_links_are_refused() {
        for text in [
            "ftp://filev2.getsession.org/file/1",
            "http://filev2.getsession.org/files/1",
            "http://filev2.getsession.org/file/1/2",
            "http://filev2.getsession.org/file/",
            "http://filev2.getsession.org/file/1?x=1",
            "http://filev2.getsession.org/file/1#p=zz",
            "no link",
        ] {
            assert_eq!(parse(text), Err(FileError::Input), "{text}");
        }
    }

    #[test]
    fn the_end_is_read_in_seconds() {
        let value = serde_json::json!({ "expires": 1_754_863_793.18 });
        assert_eq!(expires(&value).unwrap().as_ms(), 1_754_863_793_180);
        assert_eq!(
            expires(&serde_json::json!({ "expires": -1.0 })),
            Err(FileError::BadAnswer)
        );
    }

    #[test]
    fn the_default_servers_key_is_the_one_of_the_page() {
        let config = NetworkConfig::mainnet();
        let x25519 = ServerTarget::x25519_of(&config.file_server.ed25519).unwrap();
        assert_eq!(
            hex::encode(x25519),
            "09324794aa9c11948189762d198c618148e9136ac9582068180661208927ef34"
        );
    }
}
