//! Compression of messages, with what it needs kept from one message to the next: making that
//! anew takes ten times as long as compressing a usual message.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};

use super::MAX_PLAINTEXT;

/// The level of zstd that is written.
const LEVEL: i32 = 1;

/// Below this many bytes, compressing saves less than its own header.
const SHORTEST: usize = 16;

/// Messages up to this many bytes are compressed with what is kept: it grows with them.
const USUAL: usize = 16 << 10;

/// The least room that a message is inflated into.
const LEAST_ROOM: usize = 4 << 10;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Compressed, if that is shorter.
pub(super) fn compress(plaintext: &[u8]) -> Option<Vec<u8>> {
    let compressed = match plaintext.len() {
        0..SHORTEST => return None,
        SHORTEST..=USUAL => COMPRESSOR.with_borrow_mut(|kept| {
            if kept.is_none() {
                *kept = Compressor::new(LEVEL).ok();
            }
            kept.as_mut()?.compress(plaintext).ok()
        })?,
        _ => zstd::bulk::compress(plaintext, LEVEL).ok()?,
    };
    (compressed.len() < plaintext.len()).then_some(compressed)
}

/// What was compressed; `None` for other bytes, damaged ones, and those of more than
/// [`MAX_PLAINTEXT`].
pub(super) fn inflate(body: &[u8]) -> Option<Vec<u8>> {
    DECOMPRESSOR.with_borrow_mut(|kept| {
        if kept.is_none() {
            *kept = Decompressor::new().ok();
        }
        inflate_with(kept.as_mut()?, body)
    })
}

/// Tries more and more room: never as much as the bytes claim to need.
fn inflate_with(decompressor: &mut Decompressor<'_>, body: &[u8]) -> Option<Vec<u8>> {
    let mut room = body.len().saturating_mul(4).clamp(LEAST_ROOM, MAX_PLAINTEXT);
    loop {
        let mut inflated = Vec::with_capacity(room);
        if decompressor.decompress_to_buffer(body, &mut inflated).is_ok() {
            return (inflated.len() <= MAX_PLAINTEXT).then_some(inflated);
        }
        if room == MAX_PLAINTEXT {
            return None;
        }
        room = room.saturating_mul(8).min(MAX_PLAINTEXT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_does_not_change_the_bytes() {
        for length in [16, 100, 1_000, USUAL, USUAL + 1, 3] {
            let text: Vec<u8> = b"hello, ".iter().copied().cycle().take(length).collect();
            let fresh = zstd::bulk::compress(&text, LEVEL).unwrap();
            let fresh = Some(fresh).filter(|bytes| bytes.len() < length);
            assert_eq!(compress(&text), fresh, "{length}");
            if let Some(fresh) = fresh {
                assert_eq!(inflate(&fresh), Some(text));
            }
        }
    }

    #[test]
    fn damage_does_not_harm_the_next_message() {
        let good = zstd::bulk::compress(&[7; 5_000], LEVEL).unwrap();
        for _ in 0..3 {
            assert_eq!(inflate(&good[..good.len() - 1]), None);
            assert_eq!(inflate(b""), Some(Vec::new()));
            assert_eq!(inflate(&good), Some(vec![7; 5_000]));
        }
    }

    #[test]
    fn several_frames_are_one_message_up_to_the_limit() {
        let half = zstd::bulk::compress(&vec![7; MAX_PLAINTEXT / 2], LEVEL).unwrap();
        assert_eq!(inflate(&half.repeat(2)).unwrap().len(), MAX_PLAINTEXT);
        assert_eq!(inflate(&half.repeat(3)), None);
    }
}
