use super::*;

const HEX: &str = "05d3faf474505108c7225706bbb019f618ac2db324bf823f3fd3026319c5737b1c";
const OTHER: &str = "05a275db709c7bbdda03cfeeeb24d7f0359cb7061e552ebc4678fdf39226642144";

fn id(text: &str) -> AccountId {
    AccountId::from_hex(text).unwrap()
}

fn found(text: &str) -> Recognised {
    recognise(text, None)
}

#[track_caller]
fn is_the_account(text: &str) {
    assert_eq!(found(text), Recognised::Account(id(HEX)), "{text:?}");
}

fn broken(every: usize, between: &str) -> String {
    let letters: Vec<char> = HEX.chars().collect();
    let pieces: Vec<String> = letters.chunks(every).map(|c| c.iter().collect()).collect();
    pieces.join(between)
}

#[test]
fn a_plain_id_in_either_case() {
    is_the_account(HEX);
    is_the_account(&HEX.to_uppercase());
}

#[test]
fn white_space_around_and_line_breaks_inside() {
    is_the_account(&format!(" \n\t{HEX}\r\n"));
    for between in [" ", "\n", "\r\n", "\u{a0}", "\n  ", "\n> ", "-", "-\n"] {
        for every in [1, 4, 8, 11, 33, 65] {
            is_the_account(&broken(every, between));
        }
    }
}

#[test]
fn a_prefix_broken_apart_counts_more_than_what_looks_like_one_later() {
    let key = format!("{}d050{}", "0".repeat(34), "0".repeat(26));
    let whole = format!("05{key}");
    let (head, tail) = whole.split_at(37);
    assert!(tail.starts_with("05"));
    for text in [
        format!("0 {} {tail}", &head[1..]),
        format!("my ID: 0\n{}\n{tail}", &head[1..]),
    ] {
        assert_eq!(found(&text), Recognised::Account(id(&whole)), "{text:?}");
    }
}

#[test]
fn invisible_characters_inside() {
    for between in [
        "\u{ad}", "\u{200b}", "\u{200d}", "\u{feff}", "\u{2060}", "\u{202c}",
    ] {
        is_the_account(&broken(7, between));
    }
}

#[test]
fn quotation_marks_and_brackets() {
    for (open, close) in [
        ("\"", "\""),
        ("«\u{a0}", "\u{a0}»"),
        ("“", "”"),
        ("‘", "’"),
        ("<", ">"),
        ("(", ")."),
        ("`", "`"),
    ] {
        is_the_account(&format!("{open}{HEX}{close}"));
    }
}

#[test]
fn text_around() {
    is_the_account(&format!("my ID: {HEX}"));
    is_the_account(&format!("Zoé: {HEX}, call me at 06 12 34 56 78"));
    is_the_account(&format!("add {HEX}"));
    is_the_account(&format!("Call 0123 {HEX} bad face"));
    is_the_account(&format!("ID {} !", broken(33, "\n")));
    is_the_account(&format!("id={HEX}&x=1"));
    is_the_account(&format!("moi{}moi", HEX));
}

#[test]
fn links() {
    is_the_account(&format!("session:{HEX}"));
    is_the_account(&format!("session://{HEX}"));
    is_the_account(&format!("https://example.org/u/{HEX}?lang=fr"));
    is_the_account(&format!("https://example.org/#{HEX}"));
    is_the_account(&format!("https://example.org/?id={}", HEX.to_uppercase()));
}

#[test]
fn full_width_digits() {
    let wide: String = HEX
        .chars()
        .map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap())
        .collect();
    is_the_account(&wide);
}

#[test]
fn several_ids_are_a_list_each_once_in_order() {
    let expected = Recognised::Several(vec![id(OTHER), id(HEX)]);
    assert_eq!(found(&format!("{OTHER}\n{HEX}\n{OTHER}")), expected);
    assert_eq!(found(&format!("{OTHER}{HEX}")), expected);
    assert_eq!(found(&format!("A: {OTHER}; B: {HEX}.")), expected);
    assert_eq!(found(&format!("{OTHER} {}", broken(11, " "))), expected);
    is_the_account(&format!("{HEX} {HEX}"));
}

#[test]
fn the_own_id_is_told_apart() {
    let own = id(HEX);
    assert_eq!(recognise(HEX, Some(&own)), Recognised::Own);
    assert_eq!(recognise(OTHER, Some(&own)), Recognised::Account(id(OTHER)));
    let both = format!("{HEX} {OTHER}");
    assert_eq!(recognise(&both, Some(&own)), Recognised::Account(id(OTHER)));
    assert_eq!(account_ids(&both), [own, id(OTHER)]);
}

#[test]
fn ids_of_other_kinds_are_named() {
    let with = |prefix: &str| found(&format!("{prefix}{}", &HEX[2..]));
    assert_eq!(with("03"), Recognised::Other(OtherKind::Group));
    assert_eq!(with("15"), Recognised::Other(OtherKind::Blinded));
    assert_eq!(with("25"), Recognised::Other(OtherKind::Blinded));
    assert_eq!(with("07"), Recognised::Nearly(NearMiss::Prefix("07".to_owned())));
}

#[test]
fn an_account_counts_more_than_an_id_of_another_kind() {
    is_the_account(&format!("group 03{} me {HEX}", &OTHER[2..]));
}

#[test]
fn a_wrong_character_is_named_with_its_place() {
    let nearly = |place, found| Recognised::Nearly(NearMiss::Digit { place, found });
    assert_eq!(found(&HEX.replace("05d3", "05o3")), nearly(3, 'o'));
    assert_eq!(found(&format!("O{}", &HEX[1..])), nearly(1, 'O'));
    assert_eq!(found(&format!("\"{}l\"", &HEX[..65])), nearly(66, 'l'));
    assert_eq!(found(&format!("my id: {}é", &HEX[..65])), nearly(66, 'é'));
}

#[test]
fn too_few_and_too_many_digits_are_counted() {
    let length = |count| Recognised::Nearly(NearMiss::Length(count));
    assert_eq!(found(&HEX[..65]), length(65));
    assert_eq!(found(&HEX[..50]), length(50));
    assert_eq!(found(&format!("{HEX}0")), length(67));
    assert_eq!(found(&format!("{} {}", &HEX[..30], &HEX[30..64])), length(64));
}

#[test]
fn names_are_left_to_the_network() {
    let name = |text: &str| Recognised::Name(OnsName::parse(text).unwrap());
    assert_eq!(found("alice"), name("alice"));
    assert_eq!(found(" “Alice” "), name("alice"));
    assert_eq!(found("cafe"), name("cafe"));
    assert_eq!(found("zoé"), name("xn--zo-cja"));
}

#[test]
fn rubbish_is_nothing_and_blanks_are_empty() {
    for text in [
        "what is this?",
        "a@b.example",
        "-",
        "!!!",
        "https://example.org/x y",
    ] {
        assert_eq!(found(text), Recognised::Nothing, "{text}");
    }
    for text in ["", " \n", "\u{200b}", "\"\"", "«»"] {
        assert_eq!(found(text), Recognised::Empty, "{text:?}");
    }
}

#[test]
fn only_the_beginning_of_a_very_long_text_is_read() {
    let blanks = " ".repeat(MAX_TEXT);
    assert_eq!(found(&format!("{blanks}{HEX}")), Recognised::Empty);
    assert_eq!(
        found(&format!("{HEX}{blanks}{OTHER}")),
        Recognised::Account(id(HEX))
    );
}

#[test]
fn long_rubbish_of_digits_is_no_id() {
    assert_eq!(found(&"0".repeat(10_000)), Recognised::Nothing);
    assert_eq!(found(&"06 ".repeat(10_000)), Recognised::Nothing);
}

#[test]
fn the_beginning_of_an_id_is_no_name() {
    let id = "05a2f6c1".repeat(8);
    for length in [12, 40, 64] {
        let typed = &id[..length];
        assert_eq!(
            recognise(typed, None),
            Recognised::Nearly(NearMiss::Length(length))
        );
    }
    for name in ["05a2f6", "a5a2f6c1a2f6c1", "05a2f6c1a2f6c1z"] {
        assert!(matches!(recognise(name, None), Recognised::Name(_)), "{name}");
    }
}
