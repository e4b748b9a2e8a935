//! Which file is meant: links and ids.
//!
//! Source: `network.md` §8.

use std::fmt;

use nous_protocol::onion::ServerTarget;
use url::{Host, Url};

use super::FileError;
use crate::config::NetworkConfig;

/// Where servers take onion requests.
const TARGET: &str = "/oxen/v4/lsrpc";
/// The longest id.
pub(super) const ID_LENGTH: usize = 44;

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

    pub(super) fn target(&self) -> Result<ServerTarget, FileError> {
        server_target(&self.server, &self.ed25519)
    }
}

/// Where a server takes onion requests.
pub(super) fn server_target(url: &Url, ed25519: &[u8; 32]) -> Result<ServerTarget, FileError> {
    Ok(ServerTarget {
        host: url.host_str().ok_or(FileError::Input)?.to_owned(),
        target: TARGET.to_owned(),
        protocol: url.scheme().to_owned(),
        port: url.port_or_known_default().ok_or(FileError::Input)?,
        x25519: ServerTarget::x25519_of(ed25519).ok_or(FileError::Input)?,
    })
}

pub(super) fn is_id(id: &str) -> bool {
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
}
