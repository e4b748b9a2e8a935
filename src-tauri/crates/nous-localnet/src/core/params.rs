//! Reading the fields of a request, with the tolerance and the refusals of a storage node.
//!
//! A field that is absent or `null` is absent; one of another type is a status 400.
//!
//! Source: `network.md` §4.2.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use nous_protocol::account::{Namespace, SwarmAccount};
use serde_json::{Map, Value};

/// What is wrong with a request's fields: the text after `invalid request: `.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadRequest(pub(crate) String);

/// Result of reading.
pub(crate) type Read<T> = Result<T, BadRequest>;

/// Times below this were meant as seconds.
const FIRST_MS: i64 = 1_000_000_000;

/// Padding may be there or not; what the last character has too much is not looked at.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Which namespaces a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spaces {
    /// One.
    One(Namespace),
    /// All of the account.
    All,
}

impl Spaces {
    /// The form in signed texts: nothing for namespace 0, else decimal, or `all`.
    pub(crate) fn signed_text(self) -> String {
        match self {
            Self::One(namespace) => namespace_text(namespace),
            Self::All => "all".to_owned(),
        }
    }

    /// Whether `namespace` is one of them.
    pub(crate) fn contains(self, namespace: Namespace) -> bool {
        match self {
            Self::One(one) => one == namespace,
            Self::All => true,
        }
    }
}

/// The form of a namespace in signed texts: nothing for 0, else decimal.
pub(crate) fn namespace_text(namespace: Namespace) -> String {
    if namespace.0 == 0 {
        String::new()
    } else {
        namespace.0.to_string()
    }
}

/// A 400 with this text.
pub(crate) fn bad<T>(text: impl Into<String>) -> Read<T> {
    Err(BadRequest(text.into()))
}

/// Base64 with or without padding.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    if text.contains('=') && !text.len().is_multiple_of(4) {
        return None;
    }
    LENIENT.decode(text).ok()
}

/// A text of 43 characters that is base64.
pub(crate) fn is_hash(text: &str) -> bool {
    text.len() == 43 && base64(text).is_some()
}

/// The `params` of a request.
#[derive(Clone, Copy)]
pub(crate) struct Params<'a>(pub(crate) &'a Map<String, Value>);

impl<'a> Params<'a> {
    fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn read<T>(self, name: &str, kind: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Read<Option<T>> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        match read(value) {
            Some(value) => Ok(Some(value)),
            None => bad(format!("Invalid value given for '{name}': expected {kind}")),
        }
    }

    /// A text.
    pub(crate) fn text(self, name: &str) -> Read<Option<&'a str>> {
        self.read(name, "string", Value::as_str)
    }

    /// `true` or `false`; absent is `false`.
    pub(crate) fn flag(self, name: &str) -> Read<bool> {
        Ok(self.read(name, "boolean", Value::as_bool)?.unwrap_or(false))
    }

    /// A whole number cut to 32 bits, as nodes do.
    pub(crate) fn int(self, name: &str) -> Read<Option<i32>> {
        self.read(name, "integer", |value| {
            let wide = value.as_i64().or_else(|| value.as_u64().map(u64::cast_signed))?;
            u32::try_from(wide.cast_unsigned() & 0xffff_ffff)
                .ok()
                .map(u32::cast_signed)
        })
    }

    /// A moment in ms; numbers so small that they must be seconds are refused.
    pub(crate) fn time(self, name: &str) -> Read<Option<i64>> {
        let time = self.read(name, "integer timestamp (in milliseconds)", |value| {
            value.as_u64().map(u64::cast_signed)
        })?;
        match time {
            Some(time) if time < FIRST_MS => bad(format!(
                "Invalid timestamp for '{name}': timestamp must be in milliseconds"
            )),
            time => Ok(time),
        }
    }

    /// `timestamp` of a store: a whole number, or one as text.
    pub(crate) fn loose_time(self, name: &str) -> Read<Option<i64>> {
        self.read(name, "integer", |value| match value {
            Value::String(text) => digits(text)?.parse().ok(),
            value => value.as_i64().or_else(|| value.as_u64().map(u64::cast_signed)),
        })
    }

    /// `ttl` of a store: a whole number from 0, or one as text.
    pub(crate) fn loose_length(self, name: &str) -> Read<Option<u64>> {
        self.read(name, "positive integer", |value| match value {
            Value::String(text) => digits(text)?.parse().ok(),
            value => value.as_u64(),
        })
    }

    /// One text or a list of texts.
    pub(crate) fn texts(self, name: &str) -> Read<Option<Vec<String>>> {
        self.read(name, "string array", |value| match value {
            Value::String(text) => Some(vec![text.clone()]),
            Value::Array(list) => list.iter().map(|v| v.as_str().map(str::to_owned)).collect(),
            _ => None,
        })
    }

    /// One moment or a list of them; small numbers are not refused here.
    pub(crate) fn times(self, name: &str) -> Read<Option<Vec<i64>>> {
        self.read(name, "timestamp array", |value| match value {
            Value::Array(list) => list.iter().map(|v| v.as_u64().map(u64::cast_signed)).collect(),
            value => value.as_u64().map(|time| vec![time.cast_signed()]),
        })
    }

    /// A namespace.
    pub(crate) fn namespace(self, name: &str) -> Read<Option<Namespace>> {
        self.read(name, "16-bit integer", namespace)
    }

    /// A namespace or `all`; absent is namespace 0.
    pub(crate) fn spaces(self, name: &str) -> Read<Spaces> {
        let spaces = self.read(name, "integer or \"all\"", |value| match value.as_str() {
            Some("all") => Some(Spaces::All),
            _ => namespace(value).map(Spaces::One),
        })?;
        Ok(spaces.unwrap_or(Spaces::One(Namespace(0))))
    }

    /// The account in `pubkey`, or where `alias` is allowed in `pubKey`.
    pub(crate) fn account(self, alias: bool) -> Read<SwarmAccount> {
        let first = self.text("pubkey")?;
        let second = if alias { self.text("pubKey")? } else { None };
        let text = match (first, second) {
            (Some(_), Some(_)) => return bad("Cannot specify both 'pubkey' and 'pubKey'"),
            (Some(text), None) | (None, Some(text)) => text,
            (None, None) => return bad("Required field 'pubkey' missing"),
        };
        // A test network takes keys without prefix for those of persons.
        let with_prefix = if text.len() == 64 {
            format!("05{text}")
        } else {
            text.to_owned()
        };
        match SwarmAccount::from_hex(&with_prefix) {
            Some(account) => Ok(account),
            None => bad("Pubkey must be 66 hex digits (33 bytes) long"),
        }
    }
}

/// A field that must be there.
pub(crate) fn required<T>(name: &str, value: Option<T>) -> Read<T> {
    match value {
        Some(value) => Ok(value),
        None => bad(format!("Required field '{name}' missing")),
    }
}

fn namespace(value: &Value) -> Option<Namespace> {
    i16::try_from(value.as_i64()?).ok().map(Namespace)
}

fn digits(text: &str) -> Option<&str> {
    (!text.starts_with('+')).then_some(text)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn null_is_absent_and_another_type_is_refused() {
        let map = object(json!({ "a": null, "b": 1 }));
        assert_eq!(Params(&map).text("a"), Ok(None));
        assert!(Params(&map).text("b").is_err());
    }

    #[test]
    fn seconds_are_refused_as_milliseconds() {
        let map = object(json!({ "a": 999_999_999, "b": 1_000_000_000, "c": -1, "d": u64::MAX }));
        assert!(Params(&map).time("a").is_err());
        assert_eq!(Params(&map).time("b"), Ok(Some(1_000_000_000)));
        assert!(Params(&map).time("c").is_err());
        assert!(Params(&map).time("d").is_err());
    }

    #[test]
    fn numbers_as_text_are_plain_decimal() {
        let map = object(json!({ "a": "12", "b": "+12", "c": " 12", "d": "-3" }));
        assert_eq!(Params(&map).loose_length("a"), Ok(Some(12)));
        assert!(Params(&map).loose_length("b").is_err());
        assert!(Params(&map).loose_time("c").is_err());
        assert_eq!(Params(&map).loose_time("d"), Ok(Some(-3)));
    }

    #[test]
    fn base64_may_lack_its_padding_but_not_half_of_it() {
        assert_eq!(base64("eA=="), Some(b"x".to_vec()));
        assert_eq!(base64("eA"), Some(b"x".to_vec()));
        assert_eq!(base64("eA="), None);
        assert_eq!(base64("***"), None);
        assert_eq!(base64(""), Some(Vec::new()));
    }

    #[test]
    fn namespaces_outside_16_bits_are_refused() {
        let map = object(json!({ "a": 40000, "b": -32768, "c": "all", "d": "some" }));
        assert!(Params(&map).namespace("a").is_err());
        assert_eq!(Params(&map).namespace("b"), Ok(Some(Namespace(-32768))));
        assert!(Params(&map).namespace("c").is_err());
        assert_eq!(Params(&map).spaces("c"), Ok(Spaces::All));
        assert!(Params(&map).spaces("d").is_err());
    }
}
