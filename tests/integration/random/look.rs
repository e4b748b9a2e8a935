//! What a device shows.

use nous_api::ids::ConversationId;
use nous_api::rows::{ConversationRow, MessageBody, SyncPhase, SyncRow};
use nous_api::{account, conversations, network, sync};
use serde_json::{Value, json};

use crate::person::Person;

/// How the configs stand.
pub(super) async fn standing(device: &Person) -> Vec<SyncRow> {
    sync::get_sync_status(&device.app)
        .await
        .expect("how configs stand")
}

/// Whether nothing waits to go out.
pub(super) async fn is_quiet(device: &Person) -> bool {
    let all = standing(device).await;
    let is_clean = all.len() == 4 && all.iter().all(|row| row.state == SyncPhase::Clean);
    is_clean
        && network::list_outbox(&device.app)
            .await
            .expect("a queue")
            .is_empty()
}

/// All conversations, those that are not listed too.
async fn rows(person: &Person, with: &[String]) -> Vec<ConversationRow> {
    let ids = with.iter().cloned().map(ConversationId).collect();
    let rows = conversations::get_conversations(&person.app, ids).await;
    rows.expect("rows")
}

/// With whom somebody has a conversation.
async fn known(person: &Person) -> Vec<String> {
    let mut ids: Vec<String> = person
        .list()
        .await
        .into_iter()
        .map(|row| row.account_id)
        .collect();
    ids.sort();
    ids
}

/// Everything that the devices of an account must agree on.
pub(super) async fn shared(device: &Person) -> Value {
    let name = account::get_account(&device.app)
        .await
        .expect("an account")
        .display_name;
    let configs: Vec<Value> = standing(device)
        .await
        .into_iter()
        .map(|row| json!([row.config, row.seqno, row.digest]))
        .collect();
    let with = known(device).await;
    let mut talks = Vec::new();
    for row in rows(device, &with).await {
        let texts: Vec<Value> = device
            .timeline(&row.account_id)
            .await
            .iter()
            // Each device notes an acceptance when it hears of it, by a message or a config.
            .filter(|row| !matches!(row.body, MessageBody::RequestAccepted))
            .map(|row| {
                json!([
                    row.author,
                    row.body,
                    row.sent_at,
                    row.is_own,
                    row.is_unread,
                    row.state
                ])
            })
            .collect();
        // What is written and not sent stays on the device.
        let row = ConversationRow {
            draft: String::new(),
            // It stands among the messages; an acceptance may be the last.
            last_message: None,
            last_activity_at: nous_api::ids::TimestampMs(0),
            ..row
        };
        talks.push(json!({ "row": row, "messages": texts }));
    }
    json!({ "account": name, "configs": configs, "talks": talks })
}

/// Whatever somebody is shown of others, as one text.
pub(super) async fn everything(person: &Person) -> String {
    let with = known(person).await;
    let rows = rows(person, &with).await;
    let mut shown = serde_json::to_string(&rows).expect("a text");
    for id in with {
        let timeline = person.timeline(&id).await;
        shown += &serde_json::to_string(&timeline).expect("a text");
    }
    shown
}
