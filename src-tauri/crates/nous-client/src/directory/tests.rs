#![expect(clippy::unwrap_used, reason = "tests")]

use nous_storage::directory::Entry;
use proptest::prelude::*;

use super::export::{PageTexts, csv, page};
use super::*;

const A: &str = "05d3faf474505108c7225706bbb019f618ac2db324bf823f3fd3026319c5737b1c";
const B: &str = "05a275db709c7bbdda03cfeeeb24d7f0359cb7061e552ebc4678fdf39226642144";

fn id(text: &str) -> AccountId {
    AccountId::from_hex(text).unwrap()
}

fn read(text: &str) -> Parsed {
    parse(text.as_bytes(), None, &mut |_, _| ControlFlow::Continue(())).unwrap()
}

/// (name, note) of the entries, which are those of `A` and `B` in this order.
#[track_caller]
fn found(text: &str, expected: &[(&str, &str)]) -> Parsed {
    let parsed = read(text);
    let all: Vec<(&str, &str)> = parsed
        .entries
        .iter()
        .map(|entry| (entry.name.as_str(), entry.note.as_str()))
        .collect();
    assert_eq!(all, expected, "{text:?} {:?}", parsed.bad);
    for (entry, account) in parsed.entries.iter().zip([A, B]) {
        assert_eq!(entry.account, id(account), "{text:?}");
    }
    parsed
}

#[track_caller]
fn bad(text: &str, expected: &[(u32, Reason)]) {
    let parsed = read(text);
    let all: Vec<(u32, Reason)> = parsed
        .bad
        .iter()
        .map(|bad| (bad.line, bad.reason.clone()))
        .collect();
    assert_eq!(all, expected, "{text:?}");
    assert_eq!(usize::try_from(parsed.bad_count).unwrap(), expected.len());
}

#[test]
fn every_separator_any_order_headings_or_not() {
    for between in [",", ";", "\t", ", ", " ; "] {
        found(
            &format!("Alice{between}{A}\nBob{between}{B}\n"),
            &[("Alice", ""), ("Bob", "")],
        );
        found(
            &format!("{A}{between}Alice\r\n{B}{between}Bob"),
            &[("Alice", ""), ("Bob", "")],
        );
        found(
            &format!("Name{between}Account ID{between}Note\nAlice{between}{A}{between}chess\n"),
            &[("Alice", "chess")],
        );
    }
    found(
        &format!("identifiant;remarque;nom\n{A};du club;Élodie\n{B};;\n"),
        &[("Élodie", "du club"), ("", "")],
    );
    found(&format!("{A},Alice,chess,Paris\n"), &[("Alice", "chess, Paris")]);
}

#[test]
fn quoted_cells_hold_separators_and_line_breaks() {
    found(
        &format!("\"Martin, Alice\",\"{A}\",\"two\nlines\"\n\"Bob \"\"the\"\" B.\",{B},\n"),
        &[("Martin, Alice", "two lines"), ("Bob \"the\" B.", "")],
    );
}

#[test]
fn a_stray_quotation_mark_swallows_nothing() {
    let parsed = found(&format!("\"Alice,{A}\nBob,{B}\n"), &[("Alice", ""), ("Bob", "")]);
    assert_eq!(parsed.bad_count, 0);
}

#[test]
fn running_text_with_names_before_behind_above() {
    found(
        &format!("Our members:\n\n1. Alice: {A}\n- {B} — Bob\n"),
        &[("Alice", ""), ("Bob", "")],
    );
    found(
        &format!("Alice\n{A}\n\nBob\n\n{B}\n"),
        &[("Alice", ""), ("Bob", "")],
    );
    found(
        &format!("Alice (my ID: {A})\nBob Account ID = {B}"),
        &[("Alice", ""), ("Bob", "")],
    );
    found(
        &format!("Alice session:{A}\nBob https://example.org/u/{B}?lang=fr"),
        &[("Alice", ""), ("Bob", "")],
    );
    found(&format!("« {A} »\n{B}"), &[("", ""), ("", "")]);
}

#[test]
fn ids_broken_over_lines_are_put_together() {
    let (first, second) = A.split_at(33);
    found(
        &format!("Alice {first}\n{second}\nBob {B}"),
        &[("Alice", ""), ("Bob", "")],
    );
    found(
        &format!("Alice\n{first}\n{second}\n\nBob: {B}"),
        &[("Alice", ""), ("Bob", "")],
    );
    let spaced: Vec<&str> = (0..11).map(|at| &A[at * 6..at * 6 + 6]).collect();
    found(&format!("Alice {}\n", spaced.join(" ")), &[("Alice", "")]);
    found(
        &format!("Alice;{}\nBob;{B}", spaced.join("\u{ad}")),
        &[("Alice", ""), ("Bob", "")],
    );
}

#[test]
fn address_books_of_every_version() {
    found(
        &format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Alice Martin\r\nNOTE:chess\\, Paris\r\nIMPP;X-SERVICE-TYPE=Session:{A}\r\nEND:VCARD\r\n\
             begin:vcard\r\nVERSION:4.0\r\nN:Dupont;Bob;;;\r\nitem1.URL:session:{}\r\n {}\r\nEND:VCARD\r\n",
            &B[..40],
            &B[40..]
        ),
        &[("Alice Martin", "chess, Paris"), ("Bob Dupont", "")],
    );
    found(
        &format!(
            "BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=89lo=\ndie\nNOTE:my ID is {A}\nEND:VCARD\n"
        ),
        &[("Élodie", "")],
    );
    bad(
        "BEGIN:VCARD\nFN:Nobody\nTEL:+33 6 12 34 56 78\nEND:VCARD\n",
        &[(1, Reason::NoId)],
    );
}

#[test]
fn bad_lines_are_told_with_number_and_reason() {
    let wrong = A.replace('7', "x").replacen('x', "7", 2);
    let wrong = format!("{}g{}", &wrong[..10].replace('x', "7"), &A[11..]);
    let table = format!(
        "Alice,{A}\nBob,{}\nCarl,{wrong}\nGroup,03{}\nDora,hello\n\nBlind,15{}\n",
        &B[..65],
        &A[2..],
        &A[2..]
    );
    bad(
        &table,
        &[
            (2, Reason::Length(65)),
            (3, Reason::WrongDigit(11, 'g')),
            (4, Reason::Group),
            (5, Reason::NoId),
            (7, Reason::Blinded),
        ],
    );
    bad(
        &format!("Heading\nAlice {A}\nrest"),
        &[(1, Reason::NoId), (3, Reason::NoId)],
    );
    bad("", &[]);
    bad(&format!("# a remark\n---\n{A}\n"), &[]);
}

#[test]
fn the_first_line_of_an_account_wins_and_later_ones_fill() {
    let parsed = found(
        &format!("First,{A}\nSecond,{A},note\nBob,{B}\n"),
        &[("First", "note"), ("Bob", "")],
    );
    assert_eq!((parsed.duplicates, parsed.bad_count, parsed.lines), (1, 0, 3));
}

#[test]
fn the_own_id_is_left_out() {
    let own = id(A);
    let text = format!("Me,{A}\nBob,{B}");
    let parsed = parse(text.as_bytes(), Some(&own), &mut |_, _| ControlFlow::Continue(())).unwrap();
    assert_eq!(
        (parsed.entries.len(), parsed.bad[0].reason.clone()),
        (1, Reason::Own)
    );
}

#[test]
fn hostile_names_and_notes_are_cleaned_and_cut() {
    let parsed = read(&format!(
        "\u{202e}Ali\u{7}ce{},{A},{}\n",
        "é".repeat(1_000),
        "n".repeat(100_000)
    ));
    let entry = &parsed.entries[0];
    assert!(
        entry.name.starts_with("Alice") && entry.name.len() <= 100,
        "{:?}",
        entry.name
    );
    assert_eq!(entry.note.len(), MAX_NOTE_BYTES);
}

#[test]
fn reading_can_be_stopped_and_tells_how_far_it_is() {
    let text = format!("Alice,{A}\n").repeat(5_000);
    let mut told = Vec::new();
    let stopped = parse(text.as_bytes(), None, &mut |done, total| {
        told.push((done, total));
        if done < 2_000 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    assert_eq!(stopped, Err(Stopped));
    assert_eq!(
        told,
        [(500, 5_000), (1_000, 5_000), (1_500, 5_000), (2_000, 5_000)]
    );
}

fn entry(name: &str, note: &str) -> Entry {
    Entry {
        account: id(A),
        name: name.into(),
        note: note.into(),
    }
}

#[test]
fn no_exported_cell_is_a_formula() {
    for name in [
        "=1+1",
        "+33 6",
        "-1",
        "@SUM(A1)",
        " =1",
        "=HYPERLINK(\"http://x\",\"y\")",
    ] {
        let file = String::from_utf8(csv(&[entry(name, name)])).unwrap();
        let row = file.lines().nth(1).unwrap();
        let plain = row.trim_start_matches('"');
        assert!(plain.starts_with('\''), "{row}");
        assert_eq!(read(&file).entries[0].name, received_name(name).unwrap());
    }
    assert!(csv(&[]).starts_with("\u{feff}name,account_id,note\r\n".as_bytes()));
}

#[test]
fn a_page_to_print_holds_names_as_text_and_a_code_for_each() {
    let texts = PageTexts {
        language: "fr".into(),
        title: "Annuaire".into(),
        warning: "Prudence".into(),
    };
    let html = page(&[entry("<script>alert(1)</script>", "a & \"b\"")], &texts);
    assert!(
        html.contains("&lt;script&gt;") && !html.contains("<script"),
        "{html}"
    );
    assert!(html.contains(A) && html.contains("<svg") && html.contains("a &amp; &quot;b&quot;"));
    assert!(html.contains("lang=\"fr\"") && html.contains("Prudence"));
}

prop_compose! {
    fn any_entry()(key in any::<[u8; 32]>(), name in "\\PC{0,40}", note in "\\PC{0,60}") -> Entry {
        Entry {
            account: AccountId::from_x25519(key),
            name: received_name(&name).unwrap_or_default(),
            note: received_text(&note, MAX_NOTE_BYTES).unwrap_or_default(),
        }
    }
}

/// What a name looks like after the mark that keeps spreadsheets from running it was taken off.
fn plain(entry: &Entry) -> Entry {
    let plain = |text: &str, most| received_text(unguarded(text), most).unwrap_or_default();
    Entry {
        account: entry.account,
        name: plain(&entry.name, 100),
        note: plain(&entry.note, MAX_NOTE_BYTES),
    }
}

proptest! {
    #[test]
    fn what_is_exported_is_imported(entries in prop::collection::vec(any_entry(), 1..20)) {
        let parsed = parse(&csv(&entries), None, &mut |_, _| ControlFlow::Continue(())).unwrap();
        prop_assert_eq!(parsed.bad_count, 0);
        let wanted: Vec<Entry> = entries.iter().map(plain).collect();
        prop_assert_eq!(parsed.entries, wanted);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic_and_within_bounds(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        check_bounds(&bytes);
    }

    #[test]
    fn any_pieces_of_lists_are_read(pieces in prop::collection::vec(0_usize..PIECES.len(), 0..60)) {
        let text: String = pieces.iter().map(|at| PIECES[*at]).collect();
        check_bounds(text.as_bytes());
    }

    /// A list of known accounts among any lines: each account is found.
    #[test]
    fn no_id_is_lost_among_other_lines(
        keys in prop::collection::vec(any::<[u8; 32]>(), 1..10),
        noise in prop::collection::vec("[a-zA-Z '\"éà,;:]{0,30}", 1..10),
    ) {
        let accounts: Vec<AccountId> = keys.into_iter().map(AccountId::from_x25519).collect();
        let mut text = String::new();
        for (account, noise) in accounts.iter().zip(noise.iter().cycle()) {
            text.push_str(&format!("{noise}\n\nName, {account}\n\n"));
        }
        let parsed = read(&text);
        for account in &accounts {
            prop_assert!(parsed.entries.iter().any(|entry| entry.account == *account), "{}", text);
        }
    }
}

const PIECES: [&str; 16] = [
    A,
    B,
    "Alice",
    ",",
    ";",
    "\t",
    "\n",
    "\r\n",
    "\"",
    "BEGIN:VCARD\n",
    "END:VCARD\n",
    "FN:",
    "05d3faf4",
    " ",
    "é=\n",
    "name;id\n",
];

fn check_bounds(bytes: &[u8]) {
    let parsed = parse(bytes, None, &mut |_, _| ControlFlow::Continue(())).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for entry in &parsed.entries {
        assert!(seen.insert(entry.account), "twice the same account");
        assert!(entry.name.len() <= 100 && entry.note.len() <= MAX_NOTE_BYTES);
    }
    assert!(
        parsed
            .bad
            .iter()
            .all(|bad| bad.line >= 1 && bad.line <= parsed.lines.max(1))
    );
}
