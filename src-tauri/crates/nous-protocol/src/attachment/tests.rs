use sha2::{Digest, Sha256};

use super::{FileCryptoError, MAX_FILE, legacy, picture, stream};
use crate::keys::{IdentityKeys, Seed};
use picture::Form;
use stream::Domain;

fn keys() -> IdentityKeys {
    IdentityKeys::from_seed(&Seed::from_bytes([3; 16]))
}

fn counting() -> [u8; 32] {
    std::array::from_fn(|n| u8::try_from(n).unwrap())
}

#[test]
fn the_stream_gives_the_bytes_of_the_page() {
    let sealed = stream::encrypt_with(&counting(), Domain::Attachment, b"hello").unwrap();
    assert_eq!(sealed.blob.len(), 4_096);
    assert_eq!(
        hex::encode(Sha256::digest(&sealed.blob)),
        "825ba23d6351e5142c7433575466162a62cfa2de123fd05df6295a9084f77e4e"
    );
    assert_eq!(
        hex::encode(*sealed.key),
        "25bf427469c165183e677cb0aa3e42cd0f694fe55ddb67764c21f9e55ec2ad43"
    );
    assert_eq!(stream::open(&sealed.blob, &sealed.key).unwrap(), b"hello");
}

#[test]
fn the_stream_opens_at_every_edge_of_a_chunk() {
    for length in [
        0, 1, 32_700, 32_741, 32_742, 32_767, 32_768, 32_769, 65_535, 65_536, 131_071, 200_000,
    ] {
        let data: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let sealed = stream::encrypt(&keys(), Domain::Picture, &data).unwrap();
        assert_eq!(stream::open(&sealed.blob, &sealed.key).unwrap(), data, "{length}");
        assert_eq!(sealed.blob.len() % 4_096, 0, "{length}");
    }
}

#[test]
fn the_largest_file_of_the_stream_is_the_largest_that_the_server_takes() {
    let largest = vec![7; stream::MAX_PLAIN];
    let sealed = stream::encrypt(&keys(), Domain::Attachment, &largest).unwrap();
    assert_eq!(sealed.blob.len(), 10_223_616);
    let more = vec![7; stream::MAX_PLAIN + 1];
    let refused = stream::encrypt(&keys(), Domain::Attachment, &more);
    assert_eq!(refused.err(), Some(FileCryptoError::TooLarge(stream::MAX_PLAIN)));
}

#[test]
fn the_stream_repeats_itself_and_another_domain_or_account_does_not() {
    let seal = |keys: &IdentityKeys, domain| stream::encrypt(keys, domain, b"same").unwrap().blob;
    let other = IdentityKeys::from_seed(&Seed::from_bytes([4; 16]));
    let first = seal(&keys(), Domain::Picture);
    assert_eq!(first, seal(&keys(), Domain::Picture));
    assert_ne!(first, seal(&keys(), Domain::Attachment));
    assert_ne!(first, seal(&other, Domain::Picture));
}

#[test]
fn a_stream_that_is_cut_or_goes_on_does_not_open() {
    let data = vec![9; 40_000];
    let sealed = stream::encrypt(&keys(), Domain::Picture, &data).unwrap();
    let first_chunk = 1 + 24 + 32_785;
    assert_eq!(
        stream::open(&sealed.blob[..first_chunk], &sealed.key),
        Err(FileCryptoError::Short)
    );
    let mut longer = sealed.blob.clone();
    longer.extend_from_slice(&[0; 40]);
    assert!(stream::open(&longer, &sealed.key).is_err());
    assert_eq!(stream::open(b"", &sealed.key), Err(FileCryptoError::Short));
    assert_eq!(stream::open(b"T", &sealed.key), Err(FileCryptoError::Short));
}

#[test]
fn pictures_of_previews_are_as_long_as_they_are() {
    for length in [0, 1, 15, 16, 17, 5_000] {
        let data: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let sealed = legacy::encrypt_unpadded(data.clone(), &mut rand::rng()).unwrap();
        // What fills the last block, what it begins with and what proves it.
        assert_eq!(sealed.blob.len(), length - length % 16 + 16 + 16 + 32, "{length}");
        let opened = legacy::open(&sealed.blob, sealed.key.as_slice(), &sealed.digest, length);
        assert_eq!(opened, Ok(data), "{length}");
    }
}

#[test]
fn attachments_are_padded_in_steps() {
    assert_eq!(legacy::padded_length(0), 541);
    assert_eq!(legacy::padded_length(541), 541);
    assert!(legacy::padded_length(542) > 542);
    assert_eq!(legacy::padded_length(MAX_FILE), MAX_FILE);
    assert_eq!(legacy::padded_length(MAX_FILE - 1), MAX_FILE);
    for length in (1..200_000).step_by(777) {
        assert!(legacy::padded_length(length) >= length);
    }
}

#[test]
fn a_legacy_attachment_opens_with_key_and_digest_only() {
    let sealed = legacy::encrypt(b"a file", &mut rand::rng()).unwrap();
    let open = |blob: &[u8], key: &[u8], digest: &[u8], size| legacy::open(blob, key, digest, size);
    assert_eq!(
        open(&sealed.blob, &*sealed.key, &sealed.digest, 6).unwrap(),
        b"a file"
    );
    assert_eq!(
        open(&sealed.blob, &*sealed.key, &[0; 32], 6),
        Err(FileCryptoError::Digest)
    );
    assert_eq!(
        open(&sealed.blob, &*sealed.key, &sealed.digest, 542),
        Err(FileCryptoError::Short)
    );
    assert_eq!(
        open(&sealed.blob, &[0; 64], &sealed.digest, 6),
        Err(FileCryptoError::Authentication)
    );
    assert_eq!(
        open(&sealed.blob, &[0; 32], &sealed.digest, 6),
        Err(FileCryptoError::Key)
    );
    assert_eq!(
        open(&[0; 47], &*sealed.key, &sealed.digest, 0),
        Err(FileCryptoError::Short)
    );
}

#[test]
fn a_file_is_encrypted_and_opened_where_it_lies() {
    for length in [0, 1, 527, 541, 544, 100_000] {
        let data = vec![3; length];
        let mut room = Vec::with_capacity(legacy::encrypted_length(length));
        room.extend_from_slice(&data);
        let (place, room_before) = (room.as_ptr(), room.capacity());
        let sealed = legacy::encrypt_in_place(room, &mut rand::rng()).unwrap();
        assert_eq!(sealed.blob.len(), legacy::encrypted_length(length), "{length}");
        assert_eq!(
            (sealed.blob.as_ptr(), sealed.blob.capacity()),
            (place, room_before)
        );
        let opened = legacy::open_in_place(sealed.blob, &*sealed.key, &sealed.digest, length).unwrap();
        assert_eq!((opened.as_ptr(), opened), (place, data));
    }
    let sealed = stream::encrypt(&keys(), Domain::Attachment, &[4; 70_000]).unwrap();
    let place = sealed.blob.as_ptr();
    let opened = stream::open_in_place(sealed.blob, &sealed.key).unwrap();
    assert_eq!((opened.as_ptr(), opened), (place, vec![4; 70_000]));
}

#[test]
fn a_picture_has_a_new_key_each_time() {
    let seal = || picture::encrypt(b"picture", Form::Legacy, &keys(), &mut rand::rng()).unwrap();
    let (first, second) = (seal(), seal());
    assert_ne!(first.key, second.key);
    assert_eq!(first.blob.len(), 12 + 7 + 16);
    assert_eq!(
        picture::open(&first.blob, &first.key, Form::Legacy).unwrap(),
        b"picture"
    );
    assert_eq!(
        picture::open(&first.blob, &second.key, Form::Legacy),
        Err(FileCryptoError::Authentication)
    );
    assert_eq!(
        picture::open(&first.blob[..27], &first.key, Form::Legacy),
        Err(FileCryptoError::Short)
    );
}

#[test]
fn each_changed_byte_is_seen_in_every_form() {
    let legacy = legacy::encrypt(b"bytes", &mut rand::rng()).unwrap();
    let old = picture::encrypt(b"bytes", Form::Legacy, &keys(), &mut rand::rng()).unwrap();
    let new = picture::encrypt(b"bytes", Form::Stream, &keys(), &mut rand::rng()).unwrap();
    let changed = |blob: &[u8], n: usize| {
        let mut blob = blob.to_vec();
        blob[n] ^= 1;
        blob
    };
    for n in 0..old.blob.len() {
        assert!(picture::open(&changed(&old.blob, n), &old.key, Form::Legacy).is_err());
    }
    for n in (0..new.blob.len()).step_by(37).chain([0, new.blob.len() - 1]) {
        assert!(picture::open(&changed(&new.blob, n), &new.key, Form::Stream).is_err());
    }
    for n in (0..legacy.blob.len()).step_by(37) {
        let blob = changed(&legacy.blob, n);
        assert!(legacy::open(&blob, &*legacy.key, &legacy.digest, 5).is_err());
    }
}

#[test]
fn the_link_names_the_form() {
    for (url, form) in [
        ("http://h/file/1#d=", Form::Stream),
        ("http://h/file/1#p=ab&d", Form::Stream),
        ("http://h/file/1#p=d", Form::Legacy),
        ("http://h/file/d=", Form::Legacy),
        ("", Form::Legacy),
    ] {
        assert_eq!(Form::of_link(url), form, "{url}");
    }
}
