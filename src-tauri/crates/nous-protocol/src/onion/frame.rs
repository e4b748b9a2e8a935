//! The form between two layers: u32 little-endian length ‖ bytes ‖ JSON text.
//!
//! Source: `network.md` §3.2.

use serde_json::{Map, Value};

use super::OnionError;

/// A frame taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The bytes before the JSON.
    pub bytes: &'a [u8],
    /// The JSON text, not yet parsed.
    pub json: &'a [u8],
}

/// Joins `bytes` and `json` to a frame.
///
/// Bytes of 4 GiB and more, which nobody has, would be cut to what the length can say.
#[must_use]
pub fn join(bytes: &[u8], json: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut out = Vec::with_capacity(bytes.len().saturating_add(json.len()).saturating_add(4));
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(bytes);
    out.extend_from_slice(json);
    out
}

/// Takes a frame apart.
///
/// # Errors
/// [`OnionError::Frame`] if it is shorter than it says.
pub fn split(frame: &[u8]) -> Result<Frame<'_>, OnionError> {
    let cut = || OnionError::Frame(frame.len());
    let (length, rest) = frame.split_first_chunk::<4>().ok_or_else(cut)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| cut())?;
    let (bytes, json) = rest.split_at_checked(length).ok_or_else(cut)?;
    Ok(Frame { bytes, json })
}

/// Parses the JSON part of a frame, which must be an object.
///
/// # Errors
/// [`OnionError::Field`] if it is none.
pub fn object(json: &[u8]) -> Result<Map<String, Value>, OnionError> {
    serde_json::from_slice(json).map_err(|_| OnionError::Field("JSON object"))
}

/// Reads a 32-byte key in hex, of either case, out of a frame's JSON.
///
/// # Errors
/// [`OnionError::Field`] if it is absent or no such key.
pub fn key(object: &Map<String, Value>, name: &'static str) -> Result<[u8; 32], OnionError> {
    let text = object
        .get(name)
        .and_then(Value::as_str)
        .ok_or(OnionError::Field(name))?;
    let mut key = [0_u8; 32];
    hex::decode_to_slice(text, &mut key).map_err(|_| OnionError::Field(name))?;
    Ok(key)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn splitting_undoes_joining() {
        let frame = join(b"abc", b"{}");
        assert_eq!(frame, b"\x03\x00\x00\x00abc{}");
        assert_eq!(
            split(&frame).unwrap(),
            Frame {
                bytes: b"abc",
                json: b"{}"
            }
        );
    }

    #[test]
    fn a_cut_frame_is_refused() {
        assert_eq!(split(b"\x04\x00\x00\x00abc"), Err(OnionError::Frame(7)));
        assert_eq!(split(b"\x04\x00"), Err(OnionError::Frame(2)));
        assert_eq!(split(b"\xff\xff\xff\xff"), Err(OnionError::Frame(4)));
    }
}
