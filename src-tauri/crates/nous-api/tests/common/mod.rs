//! A profile on a network that nobody reaches.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::path::Path;

use nous_api::ids::{ConversationId, MessageId};
use nous_api::requests::{CreateAccountRequest, SendMessageRequest};
use nous_api::{App, AppOptions, NetworkConfig, boot, messages};

/// Bob's address; nobody has his keys here.
pub(crate) const BOB: &str = "053506f4a71324b7dd114eddbf4e311f39dde243e1f2cb97c40db1961f70ebaae8";

fn nowhere() -> NetworkConfig {
    let text = r#"{"name":"nowhere","seeds":[{"url":"http://127.0.0.1:9","certificateSha256":null}],
        "fileServer":{"url":"http://127.0.0.1:9","ed25519":"b8eef9821445ae16e2e97ef8aa6fe782fd11ad5253cd6723b281341dba22e371"}}"#;
    NetworkConfig::from_json(text).unwrap()
}

pub(crate) fn options(dir: &Path) -> AppOptions {
    AppOptions {
        profile_dir: Some(dir.to_owned()),
        is_polling: false,
        ..AppOptions::new(nowhere())
    }
}

pub(crate) async fn open(dir: &Path) -> App {
    App::open(options(dir)).await.unwrap()
}

pub(crate) async fn alice(dir: &Path) -> App {
    let app = open(dir).await;
    let request = CreateAccountRequest {
        display_name: "Alice".into(),
    };
    boot::create_account(&app, request).await.unwrap();
    app
}

pub(crate) async fn write(app: &App, text: &str, token: &str) -> MessageId {
    let request = SendMessageRequest {
        conversation: ConversationId(BOB.into()),
        body: text.into(),
        client_token: token.into(),
        quote: None,
        attachments: Vec::new(),
        preview: None,
    };
    messages::send_message(app, request).await.unwrap().remove(0).id
}
