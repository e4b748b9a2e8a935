//! Requests to servers and their answers, as a list of byte strings:
//! `l` ‖ `<length>:` JSON ‖ `<length>:` body ‖ `e`, where the body may be absent.
//!
//! Source: `network.md` §3.5.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{ErrorKind, HasKind, HasRetry, Retry};

/// Why bytes are no v4 request or answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum V4Error {
    /// The list breaks its form; holds the offset in bytes.
    #[error("not a list of byte strings at {0}")]
    List(usize),
    /// The first string is not the JSON it should be.
    #[error("the first string is not the expected JSON")]
    Json,
    /// An endpoint without `/` at its start.
    #[error("endpoint without a slash")]
    Endpoint,
    /// A status outside 100 to 999; holds it.
    #[error("status {0}")]
    Status(u16),
}

impl HasKind for V4Error {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Damaged
    }
}

impl HasRetry for V4Error {
    fn retry(&self) -> Retry {
        Retry::Now
    }
}

/// A request to a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// HTTP method.
    pub method: String,
    /// Path and query, with `/` first.
    pub endpoint: String,
    /// Headers; names in any case.
    pub headers: BTreeMap<String, String>,
    /// Body; `None` with GET and DELETE.
    pub body: Option<Vec<u8>>,
}

/// The answer of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub code: u16,
    /// Headers; names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Body, maybe empty.
    pub body: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct RequestHead {
    method: String,
    endpoint: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct ResponseHead {
    code: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

impl Request {
    /// A request without headers and body.
    #[must_use]
    pub fn new(method: &str, endpoint: &str) -> Self {
        Self {
            method: method.to_owned(),
            endpoint: endpoint.to_owned(),
            headers: BTreeMap::new(),
            body: None,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Sets the body and its content type.
    #[must_use]
    pub fn body(self, content_type: &str, body: Vec<u8>) -> Self {
        Self {
            body: Some(body),
            ..self.header("Content-Type", content_type)
        }
    }

    /// The bytes to wrap for the server.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let head = serde_json::json!({
            "method": self.method, "endpoint": self.endpoint, "headers": self.headers,
        });
        write_list(head.to_string().as_bytes(), self.body.as_deref())
    }

    /// The same, made of the body where it lies: with room for the rest it is not copied
    /// elsewhere.
    #[must_use]
    pub fn into_bytes(mut self) -> Vec<u8> {
        let Some(mut bytes) = self.body.take() else {
            return self.encode();
        };
        let head = serde_json::json!({
            "method": self.method, "endpoint": self.endpoint, "headers": self.headers,
        })
        .to_string();
        let before = format!("l{}:{head}{}:", head.len(), bytes.len());
        drop(bytes.splice(0..0, before.into_bytes()));
        bytes.push(b'e');
        bytes
    }

    /// Reads a request, strictly.
    ///
    /// # Errors
    /// [`V4Error`] if the form, the JSON or the endpoint is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, V4Error> {
        let (head, body) = read_list(bytes)?;
        let head: RequestHead = serde_json::from_slice(head).map_err(|_| V4Error::Json)?;
        if !head.endpoint.starts_with('/') {
            return Err(V4Error::Endpoint);
        }
        Ok(Self {
            method: head.method,
            endpoint: head.endpoint,
            headers: head.headers,
            body: body.map(<[u8]>::to_vec),
        })
    }
}

impl Response {
    /// A JSON answer.
    #[must_use]
    pub fn json(code: u16, body: &serde_json::Value) -> Self {
        Self::bytes(code, "application/json", body.to_string().into_bytes())
    }

    /// An answer of bytes.
    #[must_use]
    pub fn bytes(code: u16, content_type: &str, body: Vec<u8>) -> Self {
        let headers = BTreeMap::from([("content-type".to_owned(), content_type.to_owned())]);
        Self { code, headers, body }
    }

    /// The bytes to seal for the client.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let head = serde_json::json!({ "code": self.code, "headers": self.headers });
        write_list(head.to_string().as_bytes(), Some(&self.body))
    }

    /// Reads an answer, strictly; header names become lower case.
    ///
    /// # Errors
    /// [`V4Error`] if the form or the JSON is wrong. An answer always has two strings.
    pub fn decode(bytes: &[u8]) -> Result<Self, V4Error> {
        Self::read(bytes.to_vec())
    }

    /// The same; the body stays where it lies.
    ///
    /// # Errors
    /// [`V4Error`] if the form or the JSON is wrong. An answer always has two strings.
    pub fn read(mut bytes: Vec<u8>) -> Result<Self, V4Error> {
        let (head, body) = read_list(&bytes)?;
        let length = body
            .ok_or_else(|| V4Error::List(bytes.len().saturating_sub(1)))?
            .len();
        let head: ResponseHead = serde_json::from_slice(head).map_err(|_| V4Error::Json)?;
        if !(100..=999).contains(&head.code) {
            return Err(V4Error::Status(head.code));
        }
        let headers = head
            .headers
            .into_iter()
            .map(|(k, v)| (k.to_ascii_lowercase(), v))
            .collect();
        // The body stands before the last `e`.
        bytes.truncate(bytes.len().saturating_sub(1));
        bytes.drain(..bytes.len().saturating_sub(length));
        Ok(Self {
            code: head.code,
            headers,
            body: bytes,
        })
    }
}

fn write_list(head: &[u8], body: Option<&[u8]>) -> Vec<u8> {
    let size = head
        .len()
        .saturating_add(body.map_or(0, <[u8]>::len))
        .saturating_add(24);
    let mut out = Vec::with_capacity(size);
    out.push(b'l');
    for string in [Some(head), body].into_iter().flatten() {
        out.extend_from_slice(string.len().to_string().as_bytes());
        out.push(b':');
        out.extend_from_slice(string);
    }
    out.push(b'e');
    out
}

type Strings<'a> = (&'a [u8], Option<&'a [u8]>);

fn read_list(bytes: &[u8]) -> Result<Strings<'_>, V4Error> {
    let at = |rest: &[u8]| V4Error::List(bytes.len().saturating_sub(rest.len()));
    let rest = bytes.strip_prefix(b"l").ok_or(V4Error::List(0))?;
    let (head, rest) = read_string(rest).ok_or_else(|| at(rest))?;
    let (body, rest) = match rest.first() {
        Some(b'e') => (None, rest),
        _ => {
            let (body, rest) = read_string(rest).ok_or_else(|| at(rest))?;
            (Some(body), rest)
        }
    };
    if rest == b"e" {
        Ok((head, body))
    } else {
        Err(at(rest))
    }
}

/// `<length>:` and so many bytes; the length in decimal without needless zeros.
fn read_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = bytes.iter().take(20).position(|byte| *byte == b':')?;
    let (digits, rest) = bytes.split_at_checked(colon)?;
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if digits.len() > 1 && digits.first() == Some(&b'0') {
        return None;
    }
    let length: usize = std::str::from_utf8(digits).ok()?.parse().ok()?;
    rest.strip_prefix(b":")?.split_at_checked(length)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_the_form_of_the_page() {
        let request = Request::new("GET", "/file/7");
        let head = r#"{"endpoint":"/file/7","headers":{},"method":"GET"}"#;
        assert_eq!(request.encode(), format!("l{}:{head}e", head.len()).into_bytes());
        assert_eq!(Request::decode(&request.encode()).unwrap(), request);
    }

    #[test]
    fn a_request_is_made_of_its_body_where_it_lies() {
        let mut body = Vec::with_capacity(1_000);
        body.extend_from_slice(b"the body");
        let place = body.as_ptr();
        let request = Request::new("POST", "/file").body("application/octet-stream", body);
        let encoded = request.encode();
        let made = request.into_bytes();
        assert_eq!((made.as_ptr(), made), (place, encoded));
    }

    #[test]
    fn an_answer_round_trips_with_header_names_in_lower_case() {
        let bytes = br#"l52:{"code":200,"headers":{"Content-Type":"text/plain"}}2:hie"#;
        let response = Response::decode(bytes).unwrap();
        assert_eq!((response.code, response.body.as_slice()), (200, b"hi".as_slice()));
        assert_eq!(response.headers.get("content-type").unwrap(), "text/plain");
    }

    #[test]
    fn an_answer_without_its_body_is_refused() {
        assert!(matches!(
            Response::decode(br#"l12:{"code":200}e"#),
            Err(V4Error::List(_))
        ));
    }

    #[test]
    fn wrong_lengths_and_what_follows_are_refused() {
        for bytes in [
            &b"l2:{}2:hiex"[..],
            b"l02:{}2:hie",
            b"l2:{}3:hie",
            b"l2:{}2:hi",
            b"l2:{}2:hi2:hie",
            b"l-2:{}e",
            b"l99999999999999999999:{}e",
            b"",
        ] {
            assert!(
                matches!(Response::decode(bytes), Err(V4Error::List(_))),
                "{bytes:?}"
            );
        }
    }
}
