//! Files on a server, reached through the onion.
//!
//! What is uploaded is encrypted already; this only carries bytes.
//!
//! Source: `network.md` §3.5 and §8.

use std::sync::Mutex;
use std::time::Duration;

use nous_protocol::error::{ErrorKind, HasKind, HasRetry, Retry};
use nous_protocol::onion::ServerTarget;
use nous_protocol::onion::v4::{Request, Response};
use nous_protocol::time::Timestamp;
use serde_json::Value;

use crate::error::SwarmError;
use crate::exchange::Target;
use crate::network::{Inner, Network};
use crate::progress::Progress;
use crate::requester::Effort;

mod link;

pub use link::FileLink;
use link::{ID_LENGTH, is_id, server_target};

/// The largest file as uploaded, in bytes.
pub const MAX_UPLOAD_BYTES: usize = 10_223_616;
/// The most bytes of an answer: a file, and some.
const ANSWER_BYTES: usize = MAX_UPLOAD_BYTES + (64 << 10);
/// So many bytes stand around a file in a request for the server.
pub const REQUEST_ROOM: usize = 512;

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
        let request = Request::new("GET", &format!("/file/{}", link.id()));
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
        let request = Request::new("GET", &format!("/file/{}/info", link.id()));
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
        if link.id().len() != ID_LENGTH {
            return Err(FileError::Input);
        }
        let request = with_life(Request::new("POST", &format!("/file/{}/extend", link.id())), life);
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
        id: link.id().to_owned(),
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
        // On a slow line a file takes long: what counts is whether it moves.
        let silence = self.config.intervals.file;
        let effort = Effort {
            limit: self.config.intervals.whole_file,
            silence: Some(silence),
            progress,
            ..Effort::within(silence, &used)
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
    use crate::config::NetworkConfig;

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
