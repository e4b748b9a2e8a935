use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;
use crate::envelope::Senders;
use crate::keys::Seed;
use crate::wire::bt::{self, Value};

const KEY: [u8; 32] = [9; 32];
const SENT: Timestamp = Timestamp::from_ms(1_767_225_600_123);

fn person(byte: u8) -> IdentityKeys {
    IdentityKeys::from_seed(&Seed::from_bytes([byte; 16]))
}

fn group(byte: u8) -> GroupId {
    GroupId::from_ed25519(IdentityKeys::from_ed25519_seed(&[byte; 32]).ed25519_public())
}

fn rng() -> StdRng {
    StdRng::seed_from_u64(1)
}

fn sealed(plaintext: &[u8]) -> Vec<u8> {
    seal(&person(1), &group(1), &KEY, plaintext, &mut rng()).unwrap()
}

fn opened(ciphertext: &[u8]) -> Result<OpenedGroupMessage, OpenGroupError> {
    open(&group(1), [&KEY], ciphertext, GroupSignature::Bound)
}

fn encrypted(plain: &[u8]) -> Vec<u8> {
    let nonce = [3; NONCE];
    let mut out = [nonce.as_slice(), plain].concat();
    let tag = XChaCha20Poly1305::new((&KEY).into())
        .encrypt_inout_detached(&XNonce::from(nonce), b"", (&mut out[NONCE..]).into())
        .unwrap();
    out.extend_from_slice(&tag);
    out
}

/// The entries of a good message, to be changed.
fn entries(key: &'static [u8], body: &[u8]) -> Vec<(&'static [u8], Value<'static>)> {
    let text = [body, group(1).ed25519()].concat();
    let string = |bytes: &[u8]| Value::owned_string(bytes.to_vec());
    vec![
        (b"", Value::Integer(1)),
        (b"a", string(&person(1).ed25519_public())),
        (key, string(body)),
        (b"s", string(&person(1).sign(&text))),
    ]
}

fn dict(entries: Vec<(&'static [u8], Value<'static>)>) -> Vec<u8> {
    let entries = entries.into_iter().map(|(key, value)| (key.into(), value));
    bt::encode(&Value::Dict(entries.collect()))
}

fn changed(change: impl FnOnce(&mut Vec<(&'static [u8], Value<'static>)>)) -> Option<OpenGroupError> {
    let mut entries = entries(b"d", b"hello");
    change(&mut entries);
    opened(&encrypted(&dict(entries))).err()
}

#[test]
fn members_read_who_said_what() {
    let message = opened(&sealed(b"hello")).unwrap();
    assert_eq!(message.sender, person(1).account_id());
    assert_eq!(message.sender_ed25519, person(1).ed25519_public());
    assert_eq!(message.plaintext, b"hello");
    assert_eq!(message.key_index, 0);
    assert!(!format!("{message:?}").contains("104"), "{message:?}");
}

#[test]
fn the_length_is_a_multiple_whatever_is_said() {
    let mut lengths = std::collections::BTreeSet::new();
    for length in 1..600 {
        // Does not compress.
        let mut text = vec![0; length];
        rand::Rng::fill_bytes(&mut rng(), text.as_mut_slice());
        let ciphertext = sealed(&text);
        assert_eq!(ciphertext.len() % STEP, 0);
        assert_eq!(opened(&ciphertext).unwrap().plaintext, text);
        lengths.insert(ciphertext.len());
    }
    assert_eq!(lengths, [256, 512, 768].into());
}

#[test]
fn what_compresses_is_compressed() {
    assert_eq!(sealed(&[b'x'; 50_000]).len(), 256);
    assert_eq!(
        opened(&sealed(&[b'x'; 50_000])).unwrap().plaintext,
        [b'x'; 50_000]
    );
}

#[test]
fn nothing_and_too_much_are_not_sealed() {
    let seal = |text: &[u8]| seal(&person(1), &group(1), &KEY, text, &mut rng());
    assert_eq!(seal(b""), Err(SealGroupError::Empty));
    assert!(seal(&[0; MAX_PLAINTEXT]).is_ok());
    let error = SealGroupError::TooLarge(MAX_PLAINTEXT + 1);
    assert_eq!(seal(&[0; MAX_PLAINTEXT + 1]), Err(error));
}

#[test]
fn the_first_key_that_fits_opens_it_and_others_are_asked_for() {
    let (ciphertext, other) = (sealed(b"hello"), [8; 32]);
    let with = |keys: &[[u8; 32]]| open(&group(1), keys, &ciphertext, GroupSignature::Bound);
    assert_eq!(with(&[other, other, KEY]).unwrap().key_index, 2);
    for keys in [[].as_slice(), &[other]] {
        let error = with(keys).unwrap_err();
        assert_eq!(error, OpenGroupError::NoKey);
        assert_eq!(error.retry(), Retry::AfterChange(Cause::Keys));
    }
}

#[test]
fn a_message_carried_into_another_group_is_refused() {
    let error = open(&group(2), [&KEY], &sealed(b"hello"), GroupSignature::Bound);
    assert_eq!(error, Err(OpenGroupError::Signature));
}

#[test]
fn the_unbound_form_opens_only_where_it_is_asked_for() {
    let unbound = |entries: &mut Vec<(&'static [u8], Value<'static>)>| {
        entries[3].1 = Value::owned_string(person(1).sign(b"hello").to_vec());
    };
    assert_eq!(changed(unbound), Some(OpenGroupError::Signature));
    let mut entries = entries(b"d", b"hello");
    unbound(&mut entries);
    let ciphertext = encrypted(&dict(entries));
    assert!(open(&group(1), [&KEY], &ciphertext, GroupSignature::Unbound).is_ok());
    let bound = open(&group(1), [&KEY], &sealed(b"hello"), GroupSignature::Unbound);
    assert_eq!(bound, Err(OpenGroupError::Signature));
}

#[test]
fn each_check_of_the_form_has_its_error() {
    use OpenGroupError::{Form, NoKey, SenderKey, Signature, TooShort, Version};
    let string = |bytes: &[u8]| Value::owned_string(bytes.to_vec());
    assert_eq!(changed(|_| {}), None);
    assert_eq!(changed(|all| all.push((b"q", Value::Integer(5)))), None);
    assert_eq!(changed(|all| all[0].1 = Value::Integer(2)), Some(Version));
    assert_eq!(changed(|all| all[1].1 = string(&[0; 32])), Some(SenderKey));
    assert_eq!(changed(|all| all[1].1 = string(&[0; 31])), Some(Form));
    assert_eq!(changed(|all| all[2].1 = string(b"")), Some(Form));
    assert_eq!(changed(|all| all[2].1 = string(b"hallo")), Some(Signature));
    assert_eq!(changed(|all| all[2].1 = Value::Integer(1)), Some(Form));
    assert_eq!(changed(|all| all[3].1 = string(&[0; 63])), Some(Form));
    assert_eq!(changed(|all| all.push((b"z", string(b"x")))), Some(Form));
    for at in 0..4 {
        assert_eq!(changed(|all| drop(all.remove(at))), Some(Form), "{at}");
    }
    let error = |data: &[u8]| opened(data).err();
    assert_eq!(error(&[0; 39]), Some(TooShort));
    assert_eq!(error(&[0; 40]), Some(NoKey));
    for plain in [b"".as_slice(), b"\0\0", b"le", b"d", b"de\0x"] {
        assert_eq!(error(&encrypted(plain)), Some(Form));
    }
}

#[test]
fn padding_is_taken_off_however_much_there_is() {
    for zeros in [0, 1, 5_000] {
        let plain = [dict(entries(b"d", b"hello")), vec![0; zeros]].concat();
        assert_eq!(opened(&encrypted(&plain)).unwrap().plaintext, b"hello");
        let more = [plain.as_slice(), b"e"].concat();
        assert_eq!(opened(&encrypted(&more)), Err(OpenGroupError::Form));
    }
}

#[test]
fn inflating_ends_at_the_limit() {
    let with = |body: &[u8]| opened(&encrypted(&dict(entries(b"z", body))));
    let bomb = |size| zstd::bulk::compress(&vec![0; size], 1).unwrap();
    assert_eq!(with(&bomb(MAX_PLAINTEXT)).unwrap().plaintext.len(), MAX_PLAINTEXT);
    assert_eq!(with(&bomb(MAX_PLAINTEXT + 1)), Err(OpenGroupError::Inflate));
    let whole = zstd::bulk::compress(b"hello hello hello", 1).unwrap();
    assert!(with(&whole).is_ok());
    assert_eq!(with(&whole[..whole.len() - 2]), Err(OpenGroupError::Inflate));
    assert_eq!(with(b"no frame"), Err(OpenGroupError::Inflate));
    // A frame that claims 2⁶³ bytes and a window of 2²⁷.
    let huge = [
        0x28, 0xb5, 0x2f, 0xfd, 0xc0, 0x88, 0, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0,
    ];
    assert_eq!(with(&huge), Err(OpenGroupError::Inflate));
    let plain = entries(b"d", &vec![1; MAX_PLAINTEXT + 1]);
    assert_eq!(opened(&encrypted(&dict(plain))), Err(OpenGroupError::Inflate));
}

#[test]
fn a_content_travels_in_an_envelope_of_its_own() {
    let seal = || seal_content(&person(1), &group(1), &KEY, b"content", SENT, &mut rng());
    let ciphertext = seal().unwrap();
    let message = open_content(&group(1), [&KEY], &ciphertext).unwrap();
    assert_eq!(message.sender, person(1).account_id());
    assert_eq!(message.sender_ed25519, person(1).ed25519_public());
    assert_eq!(message.content, b"content");
    assert_eq!(message.envelope_timestamp, SENT);
    let envelope = Envelope::decode(opened(&ciphertext).unwrap().plaintext.as_slice()).unwrap();
    assert_eq!(envelope.r#type, Some(7));
    assert_eq!(envelope.source_device, Some(1));
    assert_eq!(envelope.source, None);
    assert_eq!(envelope.pro_sig.unwrap().len(), 64);
}

#[test]
fn what_is_no_envelope_is_refused() {
    let open = |envelope: &Envelope| {
        let ciphertext = sealed(&envelope.encode_to_vec());
        open_content(&group(1), [&KEY], &ciphertext)
    };
    let good = Envelope {
        content: Some(b"x".to_vec()),
        timestamp: Some(5),
        ..Envelope::default()
    };
    assert!(open(&good).is_ok());
    let mut bad = [good.clone(), good.clone(), good];
    bad[0].content = None;
    bad[1].timestamp = None;
    bad[2].pro_sig = Some(vec![1; 63]);
    assert!(bad.iter().all(|bad| open(bad) == Err(OpenGroupError::Envelope)));
    let text = open_content(&group(1), [&KEY], &sealed(b"no envelope"));
    assert_eq!(text, Err(OpenGroupError::Envelope));
}

#[test]
fn a_batch_of_bombs_is_opened_in_several_calls() {
    let content = vec![0; 900_000];
    let bomb = seal_content(&person(1), &group(1), &KEY, &content, SENT, &mut rng()).unwrap();
    assert!(bomb.len() < 1_024, "{}", bomb.len());
    let (messages, mut senders) = (vec![bomb; 150], Senders::new());
    let mut rest = messages.as_slice();
    let mut calls = Vec::new();
    while !rest.is_empty() {
        let opened = open_batch_with(&group(1), [&KEY], rest, &mut senders);
        assert!(opened.iter().all(Result::is_ok));
        calls.push(opened.len());
        rest = &rest[opened.len()..];
    }
    assert_eq!(calls, [64, 64, 22]);
}

#[test]
fn a_batch_opens_as_each_message_alone() {
    let mut rng = rng();
    let mut messages: Vec<Vec<u8>> = (0..150)
        .map(|n: u8| {
            let from = person(n % 7);
            seal_content(&from, &group(1), &KEY, &[n], SENT, &mut rng).unwrap()
        })
        .collect();
    messages[2][70] ^= 1;
    messages[4].truncate(30);
    let mut forged = entries(b"d", b"hello");
    forged[1].1 = Value::owned_string(person(2).ed25519_public().to_vec());
    messages[6] = encrypted(&dict(forged.clone()));
    forged[1].1 = Value::owned_string(vec![0; 32]);
    messages[8] = encrypted(&dict(forged));
    messages[10] = seal_content(&person(1), &group(2), &KEY, b"x", SENT, &mut rng).unwrap();
    messages[12] = sealed(b"no envelope");
    let mut senders = Senders::new();
    let batch = open_batch_with(&group(1), [&[8; 32], &KEY], &messages, &mut senders);
    assert_eq!(batch.len(), messages.len());
    for (message, batched) in messages.iter().zip(&batch) {
        assert_eq!(open_content(&group(1), [&[8; 32], &KEY], message), *batched);
    }
    assert_eq!(batch.iter().filter(|opened| opened.is_ok()).count(), 144);
    let errors = [2, 4, 6, 8, 10, 12].map(|at: usize| batch[at].clone().unwrap_err());
    use OpenGroupError::{Envelope, NoKey, SenderKey, Signature, TooShort};
    assert_eq!(
        errors,
        [NoKey, TooShort, Signature, SenderKey, Signature, Envelope]
    );
    assert_eq!(senders.len(), 7);
}
