use super::*;

fn parse(text: &[u8]) -> Result<Value<'_>, BtErrorKind> {
    read(text, &Limits::default()).map_err(|error| error.kind)
}

#[test]
fn every_type_is_read_and_written_the_same() {
    for text in [
        b"i0e".as_slice(),
        b"i-1e",
        b"i9223372036854775807e",
        b"i-9223372036854775808e",
        b"0:",
        b"3:abc",
        b"le",
        b"li1e1:ae",
        b"de",
        b"d0:i1e1:ade2:aalee",
    ] {
        let value = parse(text).unwrap();
        assert_eq!(encode(&value), text);
        assert_eq!(encode(&value.into_owned()), text);
    }
}

#[test]
fn other_ways_of_writing_a_number_are_refused() {
    for text in [
        b"i00e".as_slice(),
        b"i01e",
        b"i-0e",
        b"i-01e",
        b"ie",
        b"i-e",
        b"00:",
        b"01:a",
    ] {
        assert_eq!(parse(text), Err(BtErrorKind::Number), "{text:?}");
    }
    for text in [b"i9223372036854775808e".as_slice(), b"i-9223372036854775809e"] {
        assert_eq!(parse(text), Err(BtErrorKind::Number));
    }
    assert_eq!(parse(b"i99999999999999999999999e"), Err(BtErrorKind::Number));
    assert_eq!(parse(b"i+1e"), Err(BtErrorKind::Byte));
    assert_eq!(parse(b"i 1e"), Err(BtErrorKind::Byte));
}

#[test]
fn keys_must_ascend_by_unsigned_bytes() {
    assert!(parse(b"d1:\x7fi1e1:\x80i1ee").is_ok());
    assert!(parse(b"d1:ai1e2:aai1ee").is_ok());
    assert_eq!(parse(b"d1:\x80i1e1:\x7fi1ee"), Err(BtErrorKind::Order));
    assert_eq!(parse(b"d1:ai1e1:ai1ee"), Err(BtErrorKind::Order));
    assert_eq!(parse(b"di1ei1ee"), Err(BtErrorKind::Type));
}

#[test]
fn cut_bytes_and_bytes_after_the_value_are_refused() {
    let whole = b"d1:ali1e3:abcee";
    for length in 0..whole.len() {
        assert_eq!(parse(&whole[..length]), Err(BtErrorKind::End), "{length}");
    }
    assert_eq!(parse(b"i1e "), Err(BtErrorKind::Trailing));
    assert_eq!(parse(b"99999999999:a"), Err(BtErrorKind::Limit));
    assert_eq!(parse(b"5:abcd"), Err(BtErrorKind::End));
    assert_eq!(parse(b"x"), Err(BtErrorKind::Byte));
    assert_eq!(parse(b"e"), Err(BtErrorKind::Byte));
}

#[test]
fn limits_hold() {
    let limits = Limits {
        depth: 3,
        values: 5,
        string: 4,
    };
    let kind = |text: &[u8]| read(text, &limits).map(|_| ()).map_err(|error| error.kind);
    assert_eq!(kind(b"llleee"), Ok(()));
    assert_eq!(kind(b"lllleeee"), Err(BtErrorKind::Limit));
    assert_eq!(kind(b"li1ei1ei1ei1ee"), Ok(()));
    assert_eq!(kind(b"li1ei1ei1ei1ei1ee"), Err(BtErrorKind::Limit));
    assert_eq!(kind(b"5:abcde"), Err(BtErrorKind::Limit));
    let deep = vec![b'l'; 100_000];
    assert_eq!(parse(&deep), Err(BtErrorKind::Limit));
}

#[test]
fn the_error_says_where() {
    let error = read(b"d1:ai1e1:ai1ee", &Limits::default());
    assert_eq!(
        error,
        Err(BtError {
            offset: 7,
            kind: BtErrorKind::Order
        })
    );
}

#[test]
fn the_reader_knows_where_a_signature_begins() {
    let data = b"d1:ai1e1:~2:xxe";
    let mut reader = Reader::new(data, Limits::default());
    reader.begin_dict().unwrap();
    let mut before = reader.offset();
    while let Some(key) = reader.next_key().unwrap() {
        if key == b"~" {
            break;
        }
        assert_eq!(reader.raw().unwrap(), b"i1e");
        before = reader.offset();
    }
    assert_eq!(&data[..before], b"d1:ai1e");
    assert_eq!(reader.string().unwrap(), b"xx");
    assert_eq!(reader.next_key(), Ok(None));
    assert_eq!(reader.finish(), Ok(()));
}

#[test]
fn asking_outside_of_a_list_or_dict_is_an_error() {
    let mut reader = Reader::new(b"i1e", Limits::default());
    assert!(reader.next_item().is_err());
    assert!(reader.next_key().is_err());
    assert!(reader.begin_list().is_err());
    assert_eq!(reader.integer(), Ok(1));
    let mut open = Reader::new(b"le", Limits::default());
    open.begin_list().unwrap();
    assert!(open.finish().is_err());
}
