use super::parse::MessageError;
use super::*;

const EMPTY: &[u8] = b"d1:#i0e1:&de1:<le1:=dee";

fn parse(text: &str) -> Result<ConfigMessage, MessageError> {
    ConfigMessage::parse(text.as_bytes(), None)
}

/// Parses a text in which `H` and `h` stand for hashes.
fn parse_with_hashes(text: &str) -> Result<ConfigMessage, MessageError> {
    parse(&text.replace('H', &"x".repeat(32)).replace('h', &"y".repeat(32)))
}

#[test]
fn the_empty_config_is_the_known_parent_of_all() {
    let empty = ConfigMessage::default();
    assert_eq!(empty.serialise(None), EMPTY);
    let known = "ea173b57beca8af18c3519a7bbf69c3e7a05d1c049fa9558341d8ebb48b0c965";
    assert_eq!(hex::encode(empty.id.hash), known);
    assert_eq!(ConfigMessage::parse(EMPTY, None).unwrap(), empty);
}

#[test]
fn unknown_keys_stay_in_their_place_byte_for_byte() {
    let text = "d1:#i7e1:$i1e2:##l0:e1:&d1:ai1ee1:'de1:<le1:;0:1:=de1:ad1:bleee";
    let sorted = "d1:#i7e2:##l0:e1:$i1e1:&d1:ai1ee1:'de1:;0:1:<le1:=de1:ad1:bleee";
    assert!(parse(text).is_err());
    let message = parse(sorted).unwrap();
    assert_eq!(message.serialise(None), sorted.as_bytes());
    let next = message.next().serialise(None);
    assert!(next.starts_with(b"d1:#i8e2:##l0:e1:$i1e1:&d1:ai1ee1:'de1:;0:1:<lli7e32:"));
    assert!(next.ends_with(b"1:=de1:ad1:bleee"));
}

#[test]
fn absent_lags_and_an_absent_diff_count_as_empty() {
    let message = parse("d1:#i1e1:&dee").unwrap();
    assert_eq!(message.serialise(None), b"d1:#i1e1:&de1:<le1:=dee");
    assert_eq!(message.id.hash, hash(b"d1:#i1e1:&dee"));
}

#[test]
fn a_key_before_the_seqno_is_a_version_that_we_cannot_read() {
    for text in ["d1:!i1e1:#i1e1:&dee", "d0:0:1:#i1e1:&dee", "de", "d1:&dee"] {
        assert_eq!(parse(text), Err(MessageError::Version), "{text}");
    }
    assert_eq!(parse("d1:#i1ee"), Err(MessageError::NoData));
}

#[test]
fn nothing_may_follow_the_signature() {
    let signature = "1:~64:".to_owned() + &"s".repeat(64);
    assert!(parse(&format!("d1:#i1e1:&de{signature}e")).is_ok());
    assert!(parse(&format!("d1:#i1e1:&de{signature}2:~~i1ee")).is_err());
    assert!(parse("d1:#i1e1:&de2:~~i1ee").is_err());
    assert_eq!(parse("d1:#i1e1:&de1:~3:abce"), Err(MessageError::Signature));
}

#[test]
fn seqnos_that_leave_no_room_are_refused() {
    for seqno in [-1, i64::MAX, MAX_SEQNO + 1] {
        assert_eq!(
            parse(&format!("d1:#i{seqno}e1:&dee")),
            Err(MessageError::Seqno(seqno))
        );
    }
    assert!(parse("d1:#i9223372036854775808e1:&dee").is_err());
    assert!(parse(&format!("d1:#i{MAX_SEQNO}e1:&dee")).is_ok());
}

#[test]
fn lags_are_kept_for_four_seqnos_and_older_ones_dropped() {
    let text = "d1:#i9e1:&de1:<lli4e32:Hdeeli5e32:Hdeee1:=dee";
    let message = parse_with_hashes(text).unwrap();
    let seqnos: Vec<i64> = message.lags.keys().map(|id| id.seqno).collect();
    assert_eq!(seqnos, [5]);
    let next = message.next();
    let seqnos: Vec<i64> = next.lags.keys().map(|id| id.seqno).collect();
    assert_eq!(seqnos, [9]);
}

#[test]
fn lags_of_another_form_are_errors() {
    let cases = [
        ("lli9e32:Hdeee", MessageError::LagSeqno(9)),
        ("lli8e3:xyzdeee", MessageError::LagHash(3)),
        ("lli8e32:Hdei1eee", MessageError::LagOrder),
        ("lli8e32:Heee", MessageError::LagOrder),
        ("lli8e32:hdeeli8e32:Hdeee", MessageError::LagOrder),
        ("lli8e32:Hdeeli8e32:Hdeee", MessageError::LagOrder),
        ("lli8e32:Hdeeli7e32:Hdeee", MessageError::LagOrder),
    ];
    for (lags, error) in cases {
        let text = format!("d1:#i9e1:&de1:<{lags}1:=dee").replace("Heee", "Hee");
        assert_eq!(parse_with_hashes(&text), Err(error), "{lags}");
    }
}

#[test]
fn a_signature_covers_everything_before_it() {
    let sign = |text: &[u8]| {
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&hash(text));
        signature
    };
    let verify = |text: &[u8], signature: &[u8; 64]| sign(text) == *signature;
    let mut message = ConfigMessage::unsealed(3, Dict::new());
    message
        .data
        .put(&[b"n"], super::super::data::Entry::Scalar("name".into()));
    let bytes = message.serialise(Some(&sign));
    let read = ConfigMessage::parse(&bytes, Some(&verify)).unwrap();
    assert_eq!(read.serialise(None), bytes);
    assert_eq!(read.id.hash, hash(&bytes));
    assert!(read.next().signature.is_none());
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(ConfigMessage::parse(&changed, Some(&verify)).is_err(), "{at}");
    }
    assert_eq!(
        ConfigMessage::parse(EMPTY, Some(&verify)),
        Err(MessageError::Signature)
    );
}
