//! Names of the network (ONS): what leads to an account, and every way in which it does not.

use nous_api::{AppOptions, ErrorCode, NetworkConfig, addresses};
use nous_localnet::{Effect, Fault, Level};
use nous_protocol::account::AccountId;

use crate::person::Person;
use crate::scene::Scene;

async fn looked_up(alice: &Person, name: &str) -> Result<String, ErrorCode> {
    let found = addresses::lookup_name(&alice.app, name.to_owned()).await;
    found.map_err(|error| error.code)
}

/// Alice, and a network in which `bob` is Bob's name.
async fn registered() -> (Scene, Person, Person) {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let account = AccountId::from_hex(&bob.id).unwrap();
    scene.control().register_name("bob", account);
    (scene, alice, bob)
}

/// What a node says when it is asked for a name.
fn says(answer: &str) -> Fault {
    let body = format!(r#"{{"result":{answer}}}"#);
    Fault::new(Level::Destination, Effect::Status(200, body)).method("oxend_request")
}

fn garbage() -> Fault {
    Fault::new(Level::Destination, Effect::Garbage).method("oxend_request")
}

/// Every node of the network is at fault in its way.
fn everywhere(scene: &Scene, fault: impl Fn(usize) -> Fault) {
    for node in 0..9 {
        scene.control().add_fault(node, fault(node));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_name_leads_to_its_account_however_it_is_typed() {
    let (_scene, alice, bob) = registered().await;
    for typed in ["bob", " BOB\n"] {
        assert_eq!(looked_up(&alice, typed).await, Ok(bob.id.clone()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_registered_and_what_is_no_name_are_told_apart() {
    let (_scene, alice, _bob) = registered().await;
    assert_eq!(looked_up(&alice, "bobby").await, Err(ErrorCode::NameUnknown));
    for text in ["", "-bob", "b b", &"b".repeat(65)] {
        assert_eq!(looked_up(&alice, text).await, Err(ErrorCode::NameMalformed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_say_different_things_are_not_believed() {
    let (scene, alice, _bob) = registered().await;
    everywhere(&scene, |node| {
        says(&format!(r#"{{"encrypted_value":"{node:064x}"}}"#))
    });
    assert_eq!(looked_up(&alice, "bob").await, Err(ErrorCode::NamesDisagree));
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_agree_on_what_does_not_belong_to_the_name_are_not_believed() {
    let (scene, alice, _bob) = registered().await;
    let wrong = format!(r#"{{"encrypted_value":"{:098x}","nonce":"{:048x}"}}"#, 7, 9);
    everywhere(&scene, |_| says(&wrong));
    assert_eq!(looked_up(&alice, "bob").await, Err(ErrorCode::NameLookupFailed));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_without_meaning_are_no_disagreement() {
    let (scene, alice, _bob) = registered().await;
    everywhere(&scene, |_| garbage());
    assert_eq!(looked_up(&alice, "bob").await, Err(ErrorCode::NameLookupFailed));
}

#[tokio::test(flavor = "multi_thread")]
async fn others_are_asked_in_place_of_nodes_that_cannot_answer() {
    let (scene, alice, bob) = registered().await;
    for node in 0..4 {
        scene.control().add_fault(node, garbage());
    }
    for _ in 0..4 {
        assert_eq!(looked_up(&alice, "bob").await, Ok(bob.id.clone()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_node_one_is_offline() {
    let (scene, alice, _bob) = registered().await;
    scene.control().stop_all().await.unwrap();
    assert_eq!(looked_up(&alice, "bob").await, Err(ErrorCode::Offline));
    scene.control().start_all().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_without_names_says_so() {
    let scene = Scene::new().await;
    let file = std::fs::read_to_string(scene.network_file()).unwrap();
    let mut file: serde_json::Value = serde_json::from_str(&file).unwrap();
    file["ons"] = false.into();
    let network = NetworkConfig::from_json(&file.to_string()).unwrap();
    let options = AppOptions {
        profile_dir: Some(scene.profile("Alice")),
        is_polling: false,
        ..AppOptions::new(network)
    };
    let app = nous_api::App::open(options).await.unwrap();
    let name = nous_api::requests::CreateAccountRequest {
        display_name: "Alice".to_owned(),
    };
    nous_api::boot::create_account(&app, name).await.unwrap();
    let error = addresses::lookup_name(&app, "bob".to_owned()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NamesUnsupported);
}
