use super::*;
use crate::wire::bt::Limits;

fn read(text: &[u8]) -> Result<Dict, BtError> {
    Dict::read(&mut Reader::new(text, Limits::default()))
}

fn written(dict: &Dict) -> Vec<u8> {
    let mut out = Vec::new();
    dict.write(&mut out);
    out
}

#[test]
fn data_of_every_kind_is_written_as_it_was_read() {
    let texts: [&[u8]; 5] = [
        b"de",
        b"d0:0:1:ai-5e1:bd1:c3:xyzee",
        b"d1:ali-1ei2e0:1:aee",
        b"d1:ai9223372036854775807e1:bi-9223372036854775808ee",
        b"d1:ai0e1:\xffi10ee",
    ];
    for text in texts {
        assert_eq!(written(&read(text).unwrap()), text);
    }
}

#[test]
fn a_set_is_written_integers_first() {
    let mut dict = Dict::new();
    let scalars = ["b", "a"]
        .map(Scalar::from)
        .into_iter()
        .chain([10, 9].map(Scalar::from));
    dict.insert(b"s", Entry::Set(scalars.collect()));
    assert_eq!(written(&dict), b"d1:sli9ei10e1:a1:bee");
}

#[test]
fn what_is_not_pruned_sorted_or_single_is_refused() {
    let texts: [&[u8]; 9] = [
        b"d1:adee",
        b"d1:alee",
        b"d1:ali2ei1eee",
        b"d1:ali1ei1eee",
        b"d1:al1:ai1eee",
        b"d1:alleee",
        b"d1:bi1e1:ai1ee",
        b"d1:ai1e1:ai1ee",
        b"d1:ai9223372036854775808ee",
    ];
    for text in texts {
        assert!(read(text).is_err(), "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn data_deeper_than_the_limit_is_refused() {
    let nested = |depth: usize| [b"d1:a".repeat(depth), b"i1e".to_vec(), b"e".repeat(depth)].concat();
    assert!(read(&nested(MAX_DEPTH)).is_ok());
    assert!(read(&nested(MAX_DEPTH + 1)).is_err());
}

#[test]
fn pruning_takes_what_is_empty_and_what_gets_empty() {
    let mut dict = Dict::new();
    dict.put(&[b"a", b"b", b"c"], Entry::Set(BTreeSet::new()));
    dict.put(&[b"d"], Entry::Dict(Dict::new()));
    dict.put(&[b"e"], Entry::Scalar(0.into()));
    dict.prune();
    assert_eq!(written(&dict), b"d1:ei0ee");
}

#[test]
fn taking_the_last_entry_takes_the_dicts_around_it() {
    let mut dict = read(b"d1:ad1:bd1:ci1eeee").unwrap();
    assert!(dict.take(&[b"a", b"x", b"c"]).is_none());
    assert!(dict.take(&[b"a", b"b", b"c"]).is_some());
    assert!(dict.is_empty());
}

#[test]
fn putting_an_entry_replaces_another_kind_on_the_way() {
    let mut dict = read(b"d1:ai1ee").unwrap();
    dict.put(&[b"a", b"b"], Entry::Scalar("x".into()));
    assert_eq!(written(&dict), b"d1:ad1:b1:xee");
    assert_eq!(dict.at(&[b"a", b"b"]), Some(&Entry::Scalar("x".into())));
}
