#![expect(clippy::unwrap_used, reason = "tests")]

use nous_protocol::account::AccountId;
use nous_storage::ids::MessageKey;

use super::*;
use crate::export::EventWords;

/// Everything by which somebody could try to become part of the page.
const HOSTILE: &str =
    "</p><script>alert(1)</script>\"' onload='x' <img src=x onerror=alert(1)> &lt; \u{0}\u{1b}";

fn words() -> Words {
    let text = || HOSTILE.to_owned();
    Words {
        language: text(),
        title: text(),
        lead: text(),
        you: text(),
        deleted: text(),
        deleted_here: text(),
        unsupported: text(),
        accepted: text(),
        timer: text(),
        media_saved: text(),
        quote_missing: text(),
        quote_deleted: text(),
        file_missing: "{name}".into(),
        earlier: text(),
        later: text(),
        left_out: "{count}".into(),
        events: EventWords {
            created: text(),
            invited: text(),
            joined: text(),
            added: text(),
            removed: text(),
            promoted: text(),
            left: text(),
            named: text(),
            named_unknown: text(),
            picture: text(),
        },
    }
}

fn message() -> Entry {
    Entry {
        key: MessageKey(1),
        author: AccountId::from_x25519([2; 32]),
        name: HOSTILE.into(),
        is_own: false,
        sent: Timestamp::from_ms(1_795_478_400_000),
        received: Timestamp::from_ms(1_795_478_400_000),
        kind: "text",
        text: HOSTILE.into(),
        raw_text: HOSTILE.into(),
        line: None,
        event: None,
        quote: None,
        reactions: Vec::new(),
        files: Vec::new(),
    }
}

fn named(saved: Option<&str>) -> FileEntry {
    FileEntry {
        name: HOSTILE.into(),
        saved: saved.map(str::to_owned),
        size: Some(1_234),
        content_type: HOSTILE.into(),
        caption: HOSTILE.into(),
    }
}

fn at() -> Moment {
    moment(Timestamp::from_ms(1_795_478_400_000), &TimeZone::UTC)
}

/// The names of the elements of a page.
fn elements(page: &str) -> Vec<&str> {
    let parts = page.split('<').skip(1).map(|part| part.trim_start_matches('/'));
    let names = parts.map(|part| part.split([' ', '>']).next().unwrap());
    names.filter(|name| !name.starts_with('!')).collect()
}

/// Elements that the pages have, and no others.
const OURS: [&str; 18] = [
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "h1",
    "h2",
    "p",
    "b",
    "bdi",
    "a",
    "article",
    "time",
    "blockquote",
    "img",
    "video",
    "audio",
];

#[test]
fn nothing_that_somebody_wrote_becomes_part_of_a_page() {
    let quote = |text: Option<&str>| QuoteEntry {
        author: AccountId::from_x25519([3; 32]),
        name: HOSTILE.into(),
        sent: Timestamp::from_ms(0),
        text: text.map(str::to_owned),
        instead: HOSTILE.into(),
    };
    let reacted = ReactionEntry {
        emoji: HOSTILE.into(),
        count: 22,
        people: Vec::new(),
        names: vec![HOSTILE.into()],
    };
    let hostile_file = format!("files/{HOSTILE}.png");
    let entries = [
        Entry {
            quote: Some(quote(Some(HOSTILE))),
            reactions: vec![reacted],
            files: vec![
                named(None),
                named(Some(&hostile_file)),
                named(Some("files/a.html")),
            ],
            ..message()
        },
        Entry {
            line: Some(HOSTILE.into()),
            quote: Some(quote(None)),
            ..message()
        },
    ];
    let words = words();
    let mut page = head(&words, HOSTILE, 2) + &day(HOSTILE);
    for one in &entries {
        page += &entry(one, &at(), &words);
    }
    page += &foot(&words, 2, true, 3);
    for name in elements(&page) {
        assert!(OURS.contains(&name), "an element {name:?}");
    }
    assert!(!page.contains("<script") && !page.contains("onerror=alert(1)>"));
    assert!(!page.contains(['\u{0}', '\u{1b}']));
    // An attribute ends where it was begun to end.
    for tag in page.split('<').filter_map(|part| part.split_once('>')) {
        assert_eq!(tag.0.matches('"').count() % 2, 0, "{}", tag.0);
        assert!(!tag.0.contains("onload='"), "{}", tag.0);
    }
}

#[test]
fn a_page_loads_nothing_and_opens_what_a_browser_does_not_run() {
    let page = head(&words(), "", 1);
    assert!(page.contains("default-src 'none'"));
    assert!(!page.contains("http:") && !page.contains("https:"));
    for (saved, shown) in [
        ("files/a.PNG", Look::Picture),
        ("files/a.webm", Look::Film),
        ("files/a.mp3", Look::Sound),
        ("files/a.pdf", Look::Document),
        ("files/a.svg", Look::Named),
        ("files/a.html", Look::Named),
        ("files/a.pdf.exe", Look::Named),
        ("files/png", Look::Named),
    ] {
        assert_eq!(look(saved), shown, "{saved}");
    }
    let mut page = String::new();
    let drawing = FileEntry {
        caption: String::new(),
        ..named(Some("files/a.svg"))
    };
    file(&mut page, &drawing, &words());
    assert!(!page.contains("href") && !page.contains("src="), "{page}");
}

#[test]
fn a_path_is_an_address_and_leads_nowhere_else() {
    assert_eq!(path("files/2026-11-24 a b.png"), "files/2026-11-24%20a%20b.png");
    assert_eq!(
        path("files/été#1?x=%.png"),
        "files/%C3%A9t%C3%A9%231%3Fx%3D%25.png"
    );
    assert_eq!(path("files/javascript:x"), "files/javascript%3Ax");
}

#[test]
fn moments_are_told_as_days_and_times_and_impossible_ones_not_at_all() {
    let told = at();
    assert_eq!((told.day.as_str(), told.time.as_str()), ("2026-11-24", "00:00"));
    for ms in [i64::MIN, i64::MAX] {
        let never = moment(Timestamp::from_ms(ms), &TimeZone::UTC);
        assert_eq!((never.day.as_str(), never.time.as_str()), ("", ""));
        assert_eq!(machine_time(Timestamp::from_ms(ms)), "");
    }
    assert_eq!(machine_time(Timestamp::from_ms(0)), "1970-01-01T00:00:00Z");
}

#[test]
fn pages_are_told_apart_from_other_files() {
    assert!(is_page(&page_name(1)) && is_page(&page_name(12)));
    for other in ["page-.html", "page-x.html", "index.htm", "mine.html"] {
        assert!(!is_page(other), "{other}");
    }
}

#[test]
fn sizes_are_short() {
    assert_eq!(size_text(999), "999 B");
    assert_eq!(size_text(1_000), "1.0 kB");
    assert_eq!(size_text(9_960_000), "9.9 MB");
}
