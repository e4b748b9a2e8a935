//! BLAKE2b as the servers use it.

use blake2::Blake2bMac;
use blake2::digest::consts::{U32, U33};
use blake2::digest::{FixedOutput as _, Update as _};

/// BLAKE2b-256 over the joined parts; an empty key means none. Keys have up to 64 bytes.
pub(crate) fn blake2b_32(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let key = (!key.is_empty()).then_some(key);
    let mut state = Blake2bMac::<U32>::new_with_salt_and_personal(key, &[], &[])
        .expect("our own keys have at most 64 bytes");
    for part in parts {
        state.update(part);
    }
    state.finalize_fixed().into()
}

/// BLAKE2b of 33 bytes with the salt of the file server.
pub(crate) fn file_hash(content: &[u8]) -> [u8; 33] {
    let mut state = Blake2bMac::<U33>::new_with_salt_and_personal(None, b"SessionFileSvr\0\0", &[])
        .expect("the salt has 16 bytes");
    state.update(content);
    state.finalize_fixed().into()
}
