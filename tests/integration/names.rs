//! Names and texts as nobody should write them.

use nous_api::boot;
use nous_api::requests::CreateAccountRequest;
use nous_api::rows::RecognisedAddress;
use nous_api::{App, AppOptions, ErrorCode, NetworkConfig, account, addresses, message_requests};

use crate::scene::Scene;
use crate::stranger::Stranger;

async fn empty_profile(scene: &Scene) -> App {
    let options = AppOptions {
        profile_dir: Some(scene.profile("empty")),
        is_polling: false,
        ..AppOptions::new(scene.network())
    };
    App::open(options).await.expect("a profile")
}

async fn create(app: &App, name: String) -> Result<String, ErrorCode> {
    let request = CreateAccountRequest { display_name: name };
    boot::create_account(app, request)
        .await
        .map(|row| row.display_name)
        .map_err(|error| error.code)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_own_name_of_ten_thousand_characters_is_refused() {
    let scene = Scene::new().await;
    let app = empty_profile(&scene).await;
    assert_eq!(
        create(&app, "n".repeat(10_000)).await,
        Err(ErrorCode::NameTooLong)
    );
    assert_eq!(
        create(&app, " \u{202e}\u{7} ".to_owned()).await,
        Err(ErrorCode::NameEmpty)
    );
    // Nothing was made: the right name is taken.
    assert_eq!(create(&app, "Alice".to_owned()).await.as_deref(), Ok("Alice"));
}

#[tokio::test(flavor = "multi_thread")]
async fn control_and_bidi_characters_leave_an_own_name() {
    let scene = Scene::new().await;
    let app = empty_profile(&scene).await;
    let name = "\u{202e}Al\u{0}ice\u{2066} \u{7}L.\n".to_owned();
    let kept = create(&app, name).await.expect("a name");
    assert_eq!(kept, "Alice L.");
    assert_eq!(account::get_account(&app).await.unwrap().display_name, "Alice L.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_long_name_is_cut_and_cleaned() {
    let scene = Scene::new().await;
    let bob = scene.person("Bob").await;
    let stranger = Stranger::new(&scene);
    let name = format!("\u{202e}Mal\u{7}lory{}", "é".repeat(10_000));
    let data = stranger.seal(&bob.id, "look at my name", Some(&name), stranger.now());
    stranger.store(&bob.id, data).await;
    bob.until_text(&stranger.id(), "look at my name").await;
    let row = bob.list().await.into_iter().next().unwrap();
    assert_eq!(row.name, None, "a name is seen inside the request only");
    let inside = message_requests::get_request(&bob.app, row.id).await.unwrap();
    let name = inside.given_name.expect("the name is kept");
    assert!(name.starts_with("Mallory") && name.len() <= 100, "{name:?}");
    assert!(
        !name
            .chars()
            .any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)),
        "{name:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_of_every_kind_of_character_arrives_as_it_was() {
    let (_scene, alice, bob) = Scene::alice_and_bob().await;
    let text = "tab\there, line\nthere, \u{202e}backwards\u{202c}, عربي, 👩‍👩‍👧‍👦, e\u{301}, <b>&amp;</b> '; DROP";
    alice.send(&bob.id, text).await;
    bob.until_text(&alice.id, text).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_too_long_or_empty_is_refused_with_its_reason() {
    let scene = Scene::new().await;
    let alice = scene.person("Alice").await;
    for (body, code) in [
        ("x".repeat(2_001), ErrorCode::TooLarge),
        (" \n ".to_owned(), ErrorCode::EmptyText),
    ] {
        let request = nous_api::requests::SendMessageRequest {
            conversation: alice.conversation(&alice.id).await,
            body,
            client_token: format!("{code:?}"),
            quote: None,
            attachments: Vec::new(),
            preview: None,
        };
        let error = nous_api::messages::send_message(&alice.app, request)
            .await
            .unwrap_err();
        assert_eq!(error.code, code);
    }
    assert!(alice.timeline(&alice.id).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_text_arrives_whole() {
    let (_scene, alice, bob) = Scene::alice_and_bob().await;
    let text = "ß".repeat(2_000);
    alice.send(&bob.id, &text).await;
    bob.until_text(&alice.id, &text).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pasted_rubbish_is_told_from_a_mistyped_id() {
    let scene = Scene::new().await;
    let alice = scene.person("Alice").await;
    let code = async |text: String| match addresses::recognise_address(&alice.app, text).await {
        Ok(RecognisedAddress::Error { error }) => Some(error.code),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        code("?!… \u{202e}\u{0}".repeat(500)).await,
        Some(ErrorCode::NotAnAccountId)
    );
    let short = alice.id.get(..65).unwrap().to_owned();
    assert_eq!(code(short).await, Some(ErrorCode::AccountIdMistyped));
    let group = format!("03{}", alice.id.get(2..).unwrap());
    assert_eq!(code(group).await, Some(ErrorCode::GroupId));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phrase_with_a_wrong_word_says_which() {
    let scene = Scene::new().await;
    let alice = scene.person("Alice").await;
    let right = account::get_recovery_phrase(&alice.app, None)
        .await
        .unwrap()
        .words;
    let mut words: Vec<&str> = right.split(' ').collect();
    words[4] = "xylograph";
    let check = boot::check_phrase(&alice.app, words.join(" ")).await.unwrap();
    let error = check.error.expect("an error");
    assert_eq!(error.code, ErrorCode::PhraseUnknownWord);
    assert_eq!(error.args.get("position").map(String::as_str), Some("5"));
    assert_eq!(
        boot::check_phrase(&alice.app, right).await.unwrap().account_id,
        Some(alice.id.clone())
    );
}

#[test]
fn a_network_file_that_is_no_json_is_refused() {
    for text in [
        "",
        "not JSON",
        "[]",
        "{\"seeds\": 5}",
        "{\"seeds\":[{\"url\":\"ftp://127.0.0.1\"}]}",
    ] {
        assert!(NetworkConfig::from_json(text).is_err(), "{text:?}");
    }
}
