//! Everything that can be wrong with a recovery phrase while it is typed, with the word marked.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::open;
use nous_api::requests::RestoreAccountRequest;
use nous_api::rows::PhraseCheck;
use nous_api::{App, ErrorCode, account, boot};

async fn check(app: &App, phrase: &str) -> PhraseCheck {
    boot::check_phrase(app, phrase.to_owned()).await.unwrap()
}

/// A right phrase of somebody, its account, and an empty profile to type it into.
async fn phrase() -> (Vec<String>, String, App, [tempfile::TempDir; 2]) {
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let alice = common::alice(dirs[0].path()).await;
    let words = account::get_recovery_phrase(&alice, None).await.unwrap().words;
    let id = account::get_account(&alice).await.unwrap().account_id;
    let app = open(dirs[1].path()).await;
    (words.split(' ').map(str::to_owned).collect(), id, app, dirs)
}

/// The places (from 1) of the words that are marked.
fn marked(check: &PhraseCheck) -> Vec<usize> {
    let unknown = check.words.iter().enumerate().filter(|(_, word)| !word.is_known);
    unknown.map(|(place, _)| place + 1).collect()
}

/// What is wrong: code, position, word, count.
fn wrong(check: &PhraseCheck) -> (ErrorCode, [Option<&str>; 3]) {
    let error = check.error.as_ref().unwrap();
    let arg = |name: &str| error.args.get(name).map(String::as_str);
    (error.code, [arg("position"), arg("word"), arg("count")])
}

#[tokio::test]
async fn white_space_capitals_and_cut_words_are_no_mistakes() {
    let (words, id, app, _dirs) = phrase().await;
    let cut: Vec<String> = words.iter().map(|word| word.chars().take(3).collect()).collect();
    let mut mixed = words.clone();
    mixed[3] = mixed[3].to_uppercase();
    for (what, text) in [
        ("as it is", words.join(" ")),
        ("doubled spaces", words.join("  ")),
        (
            "white space around and between",
            format!(" \t{}\r\n", words.join("\n\t")),
        ),
        ("no-break spaces", words.join("\u{a0}")),
        ("capitals", words.join(" ").to_uppercase()),
        ("one in capitals", mixed.join(" ")),
        ("cut to their first letters", cut.join(" ")),
    ] {
        let check = check(&app, &text).await;
        assert_eq!(
            (check.error.as_ref(), check.account_id.as_ref()),
            (None, Some(&id)),
            "{what}"
        );
        assert_eq!(marked(&check), [0_usize; 0], "{what}");
    }
}

#[tokio::test]
async fn a_word_that_is_not_in_the_list_is_marked_with_its_place() {
    let (words, _, app, _dirs) = phrase().await;
    for (place, typed) in [
        (0, "zzzz"),
        (6, "été"),
        (12, "Xylographe"),
        (4, "bonjour"),
        (5, "слово"),
    ] {
        let mut typed_words = words.clone();
        typed_words[place] = typed.to_owned();
        let check = check(&app, &typed_words.join(" ")).await;
        let (position, word) = ((place + 1).to_string(), typed.to_lowercase());
        assert_eq!(marked(&check), [place + 1], "{typed}");
        assert_eq!(
            wrong(&check),
            (
                ErrorCode::PhraseUnknownWord,
                [Some(position.as_str()), Some(word.as_str()), None]
            )
        );
        assert_eq!(check.account_id, None);
    }
}

#[tokio::test]
async fn words_of_another_language_are_all_marked_and_the_first_is_named() {
    let (words, _, app, _dirs) = phrase().await;
    let mut mixed = words.clone();
    for (place, word) in [(2, "wäre"), (7, "élève"), (9, "что")] {
        mixed[place] = word.to_owned();
    }
    let check = check(&app, &mixed.join(" ")).await;
    assert_eq!(marked(&check), [3, 8, 10]);
    assert_eq!(
        wrong(&check),
        (ErrorCode::PhraseUnknownWord, [Some("3"), Some("wäre"), None])
    );
}

#[tokio::test]
async fn a_word_cut_too_short_is_marked_and_words_that_may_be_meant_are_offered() {
    let (words, _, app, _dirs) = phrase().await;
    let mut cut = words.clone();
    cut[8] = words[8].chars().take(2).collect();
    let check = check(&app, &cut.join(" ")).await;
    assert_eq!(marked(&check), [9]);
    let (code, [position, word, _]) = wrong(&check);
    assert_eq!(
        (code, position, word),
        (ErrorCode::PhraseUnknownWord, Some("9"), Some(cut[8].as_str()))
    );
    let offered = &check.words[8].suggestions;
    assert!((1..=5).contains(&offered.len()) && offered.iter().all(|word| word.starts_with(&cut[8])));
}

#[tokio::test]
async fn too_few_and_too_many_words_are_counted() {
    let (words, _, app, _dirs) = phrase().await;
    for (count, code) in [
        (0, ErrorCode::PhraseTooShort),
        (1, ErrorCode::PhraseTooShort),
        (12, ErrorCode::PhraseTooShort),
        (14, ErrorCode::PhraseTooLong),
        (26, ErrorCode::PhraseTooLong),
    ] {
        let typed: Vec<&str> = words.iter().cycle().take(count).map(String::as_str).collect();
        let check = check(&app, &typed.join(" ")).await;
        let told = count.to_string();
        assert_eq!(
            wrong(&check),
            (code, [None, None, Some(told.as_str())]),
            "{count}"
        );
        assert_eq!((marked(&check), check.words.len()), (Vec::new(), count));
    }
}

#[tokio::test]
async fn words_in_another_order_or_a_wrong_check_word_are_no_phrase() {
    let (words, _, app, _dirs) = phrase().await;
    let mut other_end = words.clone();
    other_end[12] = if words[12] == "abbey" { "zoom" } else { "abbey" }.to_owned();
    let check_word = check(&app, &other_end.join(" ")).await;
    assert_eq!(wrong(&check_word).0, ErrorCode::PhraseWrong);
    // Every word is known: none is marked, and no account is shown.
    assert_eq!((marked(&check_word), check_word.account_id), (Vec::new(), None));
    let request = RestoreAccountRequest {
        phrase: other_end.join(" "),
        display_name: None,
    };
    let refused = boot::start_restore(&app, request).await.unwrap_err();
    assert_eq!(
        refused.code,
        ErrorCode::PhraseWrong,
        "nothing is restored from it"
    );
}
