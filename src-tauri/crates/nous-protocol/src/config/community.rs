//! Which room of which community: canonical addresses.
//!
//! Source: `config.md` §13.

use std::fmt;

use crate::error::{ErrorKind, HasKind, HasRetry, Retry};

/// The longest base url, in bytes.
pub const MAX_BASE_URL: usize = 267;

/// The longest room token.
pub const MAX_ROOM: usize = 64;

/// Why something is no room of a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommunityError {
    /// Neither `http://` nor `https://`.
    #[error("no http:// or https://")]
    Scheme,
    /// No host with a dot, of letters, digits and hyphens.
    #[error("no valid host")]
    Host,
    /// No port number.
    #[error("no valid port")]
    Port,
    /// Something behind the host.
    #[error("a path")]
    Path,
    /// Longer than [`MAX_BASE_URL`].
    #[error("too long")]
    Length,
    /// No room token.
    #[error("no valid room token")]
    Room,
}

impl HasKind for CommunityError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::InvalidInput
    }
}

impl HasRetry for CommunityError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// The one form of a community's address: scheme and host in lower case, no default port,
/// no path, no slash at the end.
///
/// # Errors
/// [`CommunityError`] if it is none.
///
/// Source: `config.md` §13.
pub fn canonical_base_url(url: &str) -> Result<String, CommunityError> {
    let (scheme, rest) = url.split_once("://").ok_or(CommunityError::Scheme)?;
    let scheme = scheme.to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "http" => 80,
        "https" => 443,
        _ => return Err(CommunityError::Scheme),
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = match rest.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (rest, None),
    };
    if host.contains('/') {
        return Err(CommunityError::Path);
    }
    if !is_host(host) {
        return Err(CommunityError::Host);
    }
    let mut canonical = format!("{scheme}://{}", host.to_ascii_lowercase());
    match port.map(port_number).transpose()? {
        Some(port) if port != default_port && port != 0 => canonical.push_str(&format!(":{port}")),
        _ => {}
    }
    if canonical.len() > MAX_BASE_URL {
        return Err(CommunityError::Length);
    }
    Ok(canonical)
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.len() >= 4 && host.contains('.') && host.split('.').all(is_label)
}

fn port_number(port: &str) -> Result<u16, CommunityError> {
    if port.contains('/') {
        return Err(CommunityError::Path);
    }
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    port.parse()
        .ok()
        .filter(|_| is_number)
        .ok_or(CommunityError::Port)
}

/// The one form of a room token: lower case.
///
/// # Errors
/// [`CommunityError::Room`] if it is none: 1 to 64 letters, digits, `-` and `_`.
///
/// Source: `config.md` §13.
pub fn canonical_room(token: &str) -> Result<String, CommunityError> {
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if (1..=MAX_ROOM).contains(&token.len()) && token.bytes().all(is_valid) {
        Ok(token.to_ascii_lowercase())
    } else {
        Err(CommunityError::Room)
    }
}

/// A room of a community, by its canonical address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomAddress {
    base_url: String,
    room: String,
}

impl RoomAddress {
    /// From an address and a token in any form.
    ///
    /// # Errors
    /// [`CommunityError`] if they are none.
    ///
    /// Source: `config.md` §13.
    pub fn new(base_url: &str, token: &str) -> Result<Self, CommunityError> {
        Ok(Self {
            base_url: canonical_base_url(base_url)?,
            room: canonical_room(token)?,
        })
    }

    /// From keys of config data, which must be in their canonical form.
    pub(super) fn from_keys(base_url: &[u8], room: &[u8]) -> Option<Self> {
        let (url, token) = (
            std::str::from_utf8(base_url).ok()?,
            std::str::from_utf8(room).ok()?,
        );
        let address = Self::new(url, token).ok()?;
        (address.base_url == url && address.room == token).then_some(address)
    }

    /// The canonical address of the community.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The token of the room in lower case.
    #[must_use]
    pub fn room(&self) -> &str {
        &self.room
    }
}

impl fmt::Display for RoomAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base_url, self.room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_form() {
        let cases = [
            ("HTTPS://Open.Example.COM", "https://open.example.com"),
            ("https://open.example.com/", "https://open.example.com"),
            ("https://open.example.com:443", "https://open.example.com"),
            ("http://open.example.com:80/", "http://open.example.com"),
            ("http://open.example.com:443", "http://open.example.com:443"),
            ("https://1.2.3.4:00080", "https://1.2.3.4:80"),
        ];
        for (url, canonical) in cases {
            assert_eq!(canonical_base_url(url).as_deref(), Ok(canonical));
        }
    }

    #[test]
    fn what_is_no_address_of_a_community_is_refused() {
        let cases = [
            ("open.example.com", CommunityError::Scheme),
            ("ftp://example.com", CommunityError::Scheme),
            ("http://example", CommunityError::Host),
            ("http://.example.com", CommunityError::Host),
            ("http://example..com", CommunityError::Host),
            ("http://example.com.", CommunityError::Host),
            ("http://exämple.com", CommunityError::Host),
            ("http://a.b", CommunityError::Host),
            ("http://example.com:", CommunityError::Port),
            ("http://example.com:+1", CommunityError::Port),
            ("http://example.com:70000", CommunityError::Port),
            ("http://example.com/room", CommunityError::Path),
            ("http://example.com:81/room", CommunityError::Path),
            ("http://example.com//", CommunityError::Path),
        ];
        for (url, error) in cases {
            assert_eq!(canonical_base_url(url), Err(error), "{url}");
        }
        let long = format!("http://{}.com", "a".repeat(MAX_BASE_URL));
        assert_eq!(canonical_base_url(&long), Err(CommunityError::Length));
    }

    #[test]
    fn tokens_of_rooms_are_lower_case() {
        assert_eq!(canonical_room("Big_Room-1").as_deref(), Ok("big_room-1"));
        for token in ["", "a b", "é", &"a".repeat(65)] {
            assert_eq!(canonical_room(token), Err(CommunityError::Room));
        }
    }
}
