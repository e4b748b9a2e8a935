//! BLAKE2b with the parameters the protocol uses: key, personalisation, output size.

use blake2::Blake2bMac;
use blake2::digest::consts::{U24, U32, U56, U64};
use blake2::digest::{FixedOutput, Update};

/// The longest key of BLAKE2b, in bytes.
pub(crate) const MAX_KEY: usize = 64;

macro_rules! blake2b {
    ($name:ident, $size:ty, $bytes:literal) => {
        /// BLAKE2b over the joined `parts`. An empty `key` means unkeyed; bytes of a key
        /// beyond [`MAX_KEY`] and of a personalisation beyond 16 are not looked at.
        pub(crate) fn $name(key: &[u8], personal: &[u8], parts: &[&[u8]]) -> [u8; $bytes] {
            let key = key.get(..MAX_KEY).unwrap_or(key);
            let key = (!key.is_empty()).then_some(key);
            let personal = personal.get(..16).unwrap_or(personal);
            let mut state = Blake2bMac::<$size>::new_with_salt_and_personal(key, &[], personal)
                .expect("lengths within the limits of BLAKE2b");
            for part in parts {
                state.update(part);
            }
            state.finalize_fixed().into()
        }
    };
}

blake2b!(blake2b_24, U24, 24);
blake2b!(blake2b_32, U32, 32);
blake2b!(blake2b_56, U56, 56);
blake2b!(blake2b_64, U64, 64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unkeyed_hash_is_plain_blake2b() {
        let known = "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17\
                     d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923";
        assert_eq!(hex::encode(blake2b_64(&[], &[], &[b"a", b"bc"])), known);
    }

    #[test]
    fn key_and_personalisation_change_the_hash() {
        let plain = blake2b_32(&[], &[], &[b"abc"]);
        assert_ne!(plain, blake2b_32(b"k", &[], &[b"abc"]));
        assert_ne!(plain, blake2b_32(&[], b"p", &[b"abc"]));
    }

    #[test]
    fn oversized_parameters_do_not_panic() {
        assert_eq!(blake2b_24(&[1; 80], &[], &[]), blake2b_24(&[1; 64], &[], &[]));
        assert_eq!(blake2b_24(&[], &[1; 80], &[]), blake2b_24(&[], &[1; 16], &[]));
    }
}
