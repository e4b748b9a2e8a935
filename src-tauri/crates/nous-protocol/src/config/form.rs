//! Compression: the form between a serialised message and its encryption.
//!
//! Source: `config.md` §5.

use std::io::Read as _;

/// The level of zstd that is written.
const LEVEL: i32 = 1;

/// The most bytes that a message is inflated to.
pub const MAX_INFLATED: usize = 16 << 20;

/// The memory that inflating may take, as a power of two: that of [`MAX_INFLATED`].
const WINDOW_LOG: u32 = 24;

/// What a decrypted message, without its padding, begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `d`: the message itself.
    Plain,
    /// `z`: compressed.
    Compressed,
    /// `m`: one of several parts.
    Part,
}

impl Form {
    /// The form of these bytes; `None` for bytes of none.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes.first() {
            Some(b'd') => Some(Self::Plain),
            Some(b'z') => Some(Self::Compressed),
            Some(b'm') => Some(Self::Part),
            _ => None,
        }
    }
}

/// `z` and the compressed message, if that is shorter; else the message.
///
/// Source: `config.md` §5.
#[must_use]
pub fn compress(serialised: Vec<u8>) -> Vec<u8> {
    let Ok(body) = zstd::bulk::compress(&serialised, LEVEL) else {
        return serialised;
    };
    let mut compressed = Vec::with_capacity(body.len().saturating_add(1));
    compressed.push(b'z');
    compressed.extend_from_slice(&body);
    if compressed.len() < serialised.len() {
        compressed
    } else {
        serialised
    }
}

/// The serialised message that [`compress`] was given; `None` for other bytes, damaged ones,
/// and those of more than [`MAX_INFLATED`].
///
/// Source: `config.md` §5.
#[must_use]
pub fn inflate(bytes: Vec<u8>) -> Option<Vec<u8>> {
    match Form::of(&bytes)? {
        Form::Plain => Some(bytes),
        Form::Part => None,
        Form::Compressed => {
            let inflated = inflate_body(bytes.get(1..)?)?;
            (Form::of(&inflated) == Some(Form::Plain)).then_some(inflated)
        }
    }
}

fn inflate_body(body: &[u8]) -> Option<Vec<u8>> {
    let guess = body.len().saturating_mul(8).min(MAX_INFLATED);
    let mut inflated = Vec::with_capacity(guess);
    let limit = u64::try_from(MAX_INFLATED).ok()?.saturating_add(1);
    let mut decoder = zstd::stream::read::Decoder::with_buffer(body).ok()?;
    decoder.window_log_max(WINDOW_LOG).ok()?;
    decoder.take(limit).read_to_end(&mut inflated).ok()?;
    (inflated.len() <= MAX_INFLATED).then_some(inflated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compression_is_used_only_where_it_saves_bytes() {
        let short = b"d1:#i1e1:&dee".to_vec();
        assert_eq!(compress(short.clone()), short);
        let long = [b"d400:".as_slice(), &[b'a'; 400], b"0:e"].concat();
        let compressed = compress(long.clone());
        assert!(compressed.len() < 60 && compressed[0] == b'z');
        assert_eq!(inflate(compressed), Some(long));
    }

    #[test]
    fn damaged_foreign_and_endless_bytes_are_refused() {
        let long = compress([b"d400:".as_slice(), &[b'a'; 400], b"0:e"].concat());
        for end in 0..long.len() {
            assert_eq!(inflate(long[..end].to_vec()), None, "{end}");
        }
        let bomb = [
            b"z".as_slice(),
            &zstd::bulk::compress(&vec![b'd'; MAX_INFLATED + 1], 1).unwrap(),
        ];
        assert_eq!(inflate(bomb.concat()), None);
        let text = [b"z".as_slice(), &zstd::bulk::compress(&[b'x'; 90], 1).unwrap()];
        assert_eq!(inflate(text.concat()), None);
        for bytes in ["", "x", "z", "mle", "zabc"] {
            assert_eq!(inflate(bytes.as_bytes().to_vec()), None);
        }
    }
}
