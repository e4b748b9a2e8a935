//! Properties of encrypted files: opening undoes encrypting, and nothing else opens.

#![allow(clippy::unwrap_used, reason = "tests")]

use nous_protocol::attachment::picture::{self, Form};
use nous_protocol::attachment::stream::{self, Domain};
use nous_protocol::attachment::{FileCryptoError, legacy};
use nous_protocol::keys::{IdentityKeys, Seed};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

fn keys() -> IdentityKeys {
    IdentityKeys::from_seed(&Seed::from_bytes([5; 16]))
}

fn form() -> impl Strategy<Value = Form> {
    prop_oneof![Just(Form::Legacy), Just(Form::Stream)]
}

/// Lengths around the edges of chunks are as likely as all others.
fn data() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![0..2_000_usize, 32_700..32_800_usize, 65_400..65_700_usize];
    (length, any::<u8>()).prop_map(|(length, byte)| {
        (0..length)
            .map(|n| byte.wrapping_add(u8::try_from(n % 251).unwrap()))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_picture_opens_in_its_form(data in data(), form in form(), seed: u64) {
        let mut rng = StdRng::seed_from_u64(seed);
        let sealed = picture::encrypt(&data, form, &keys(), &mut rng).unwrap();
        prop_assert_eq!(picture::open(&sealed.blob, &sealed.key, form), Ok(data));
    }

    #[test]
    fn an_attachment_opens_at_its_size(data in data(), seed: u64) {
        let mut rng = StdRng::seed_from_u64(seed);
        let sealed = legacy::encrypt(&data, &mut rng).unwrap();
        let opened = legacy::open(&sealed.blob, sealed.key.as_slice(), &sealed.digest, data.len());
        prop_assert_eq!(opened, Ok(data));
    }

    #[test]
    fn a_stream_is_the_same_each_time_and_hides_its_length(data in data()) {
        let sealed = stream::encrypt(&keys(), Domain::Attachment, &data).unwrap();
        let again = stream::encrypt(&keys(), Domain::Attachment, &data).unwrap();
        prop_assert_eq!(&sealed.blob, &again.blob);
        prop_assert_eq!(sealed.blob.len() % 4_096, 0);
        prop_assert_eq!(stream::open(&sealed.blob, &sealed.key), Ok(data));
    }

    #[test]
    fn what_is_cut_or_changed_does_not_open(
        data in data(), form in form(), place: prop::sample::Index, change in 1_u8.., cuts: bool,
    ) {
        let mut sealed = picture::encrypt(&data, form, &keys(), &mut rand::rng()).unwrap();
        let place = place.index(sealed.blob.len());
        if cuts {
            sealed.blob.truncate(place);
        } else {
            sealed.blob[place] ^= change;
        }
        prop_assert!(picture::open(&sealed.blob, &sealed.key, form).is_err());
    }

    #[test]
    fn no_bytes_panic(blob: Vec<u8>, key: [u8; 32], form in form(), size: usize) {
        let _ = picture::open(&blob, &key, form);
        let opened = legacy::open(&blob, &[0; 64], &[0; 32], size);
        prop_assert!(opened.is_err());
        prop_assert_eq!(legacy::open(&blob, &key, &[0; 32], size), Err(FileCryptoError::Key));
    }

    #[test]
    fn padding_covers_and_adds_little(length in 0..10_000_000_usize) {
        let padded = legacy::padded_length(length);
        prop_assert!(padded >= length && padded >= 541);
        prop_assert!(length < 541 || padded <= length + length / 20 + 1);
    }
}
