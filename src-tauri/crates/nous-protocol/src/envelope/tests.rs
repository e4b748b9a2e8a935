use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;
use crate::curve;
use crate::keys::Seed;

fn person(byte: u8) -> IdentityKeys {
    IdentityKeys::from_seed(&Seed::from_bytes([byte; 16]))
}

fn rng() -> StdRng {
    StdRng::seed_from_u64(1)
}

#[test]
fn the_recipient_reads_what_the_sender_signed() {
    let (alice, bob) = (person(1), person(2));
    let sealed = seal_signed(&alice, &bob.account_id(), b"hello", &mut rng()).unwrap();
    assert_eq!(sealed.len(), 5 + SIGNATURE_OVERHEAD + OVERHEAD);
    let opened = open_signed(&bob, &sealed).unwrap();
    assert_eq!(opened.message, b"hello");
    assert_eq!(opened.sender, alice.account_id());
    assert_eq!(opened.sender_ed25519, alice.ed25519_public());
}

#[test]
fn any_changed_byte_is_refused() {
    let (alice, bob) = (person(1), person(2));
    let sealed = seal_signed(&alice, &bob.account_id(), b"hello", &mut rng()).unwrap();
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(open_signed(&bob, &changed).is_err(), "byte {at}");
    }
}

#[test]
fn every_shorter_form_is_refused() {
    let (alice, bob) = (person(1), person(2));
    let sealed = seal_signed(&alice, &bob.account_id(), b"", &mut rng()).unwrap();
    for length in 0..sealed.len() {
        assert_eq!(
            open_signed(&bob, &sealed[..length]),
            Err(OpenError::TooShort),
            "{length}"
        );
    }
}

#[test]
fn a_third_person_cannot_open() {
    let (alice, bob, carol) = (person(1), person(2), person(3));
    let sealed = seal_signed(&alice, &bob.account_id(), b"hello", &mut rng()).unwrap();
    assert_eq!(open_signed(&carol, &sealed), Err(OpenError::Seal));
}

#[test]
fn a_message_sealed_again_for_somebody_else_is_refused() {
    let (alice, bob, carol) = (person(1), person(2), person(3));
    let signed = sign_for_recipient(&alice, &bob.account_id(), b"hello");
    let forwarded = sealed_box(&carol.x25519_public(), &signed, &mut rng()).unwrap();
    assert_eq!(open_signed(&carol, &forwarded), Err(OpenError::Signature));
}

#[test]
fn sealing_to_a_key_of_small_order_is_refused() {
    for key in [[0_u8; 32], {
        let mut one = [0; 32];
        one[0] = 1;
        one
    }] {
        let id = AccountId::from_x25519(key);
        assert_eq!(
            seal_signed(&person(1), &id, b"x", &mut rng()),
            Err(SealError::Recipient)
        );
    }
}

#[test]
fn an_ephemeral_key_of_small_order_is_refused() {
    let sealed = vec![0; 300];
    assert_eq!(open_signed(&person(1), &sealed), Err(OpenError::Seal));
}

#[test]
fn a_sender_key_of_small_order_or_outside_the_subgroup_is_refused() {
    use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
    let bob = person(2);
    let mixed = (ED25519_BASEPOINT_POINT + EIGHT_TORSION[1]).compress().to_bytes();
    let mut keys: Vec<[u8; 32]> = EIGHT_TORSION.iter().map(|p| p.compress().to_bytes()).collect();
    keys.push(mixed);
    for key in keys {
        let signed = [b"x".as_slice(), &key, &[0; 64]].concat();
        let sealed = sealed_box(&bob.x25519_public(), &signed, &mut rng()).unwrap();
        assert_eq!(open_signed(&bob, &sealed), Err(OpenError::SenderKey));
    }
}

#[test]
fn the_deterministic_seal_repeats_itself_and_opens() {
    let (alice, bob) = (person(1), person(2));
    let first = seal_signed_deterministic(&alice, &bob.account_id(), b"same").unwrap();
    assert_eq!(
        first,
        seal_signed_deterministic(&alice, &bob.account_id(), b"same").unwrap()
    );
    assert_ne!(
        first,
        seal_signed_deterministic(&alice, &bob.account_id(), b"other").unwrap()
    );
    assert_eq!(open_signed(&bob, &first).unwrap().message, b"same");
}

#[test]
fn sealing_to_a_key_on_the_twist_gives_bytes_as_other_libraries_do() {
    // u = 2 has no Edwards point; the ladder alone defines the shared secret.
    let mut key = [0_u8; 32];
    key[0] = 2;
    assert!(curve::x25519_to_edwards(&key).is_none());
    assert!(sealed_box(&key, b"x", &mut rng()).is_ok());
}

#[test]
fn the_edwards_way_agrees_with_the_ladder() {
    use curve25519_dalek::montgomery::MontgomeryPoint;
    for byte in 1..40 {
        let (ours, theirs) = (person(byte), person(byte + 100));
        let ladder = MontgomeryPoint(theirs.x25519_public()).mul_clamped(*ours.x25519_secret());
        assert_eq!(
            ours.agree(&theirs.x25519_public()).as_deref(),
            Some(ladder.as_bytes())
        );
    }
}
