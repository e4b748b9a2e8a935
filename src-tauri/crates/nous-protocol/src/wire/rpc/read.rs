//! Tolerant reading: numbers that may be strings, keys in hex, base64 with or without padding.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use crate::time::Timestamp;

/// Standard base64, padding or not.
pub const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An unsigned number, maybe as a decimal string.
#[must_use]
pub fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// [`number`] that must fit into 16 bits: ports and statuses.
#[must_use]
pub fn small(value: &Value) -> Option<u16> {
    number(value).and_then(|number| u16::try_from(number).ok())
}

/// A moment in milliseconds, maybe as a decimal string.
#[must_use]
pub fn moment(value: &Value) -> Option<Timestamp> {
    number(value).map(Timestamp::from_wire)
}

/// `N` bytes in hex of either case.
#[must_use]
pub fn hex_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0_u8; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

/// `N` bytes in base64.
#[must_use]
pub fn base64_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    BASE64.decode(text).ok()?.try_into().ok()
}

/// Whether `text` has the form of a message hash: 43 characters of standard base64.
#[must_use]
pub fn is_hash(text: &str) -> bool {
    text.len() == super::HASH_LENGTH
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}
