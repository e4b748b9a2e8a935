//! What a device shows.

use nous_api::ids::ConversationId;
use nous_api::requests::{ContactList, ListContactsRequest};
use nous_api::rows::{ContactRow, ConversationRow, MessageBody, MessageState, SyncPhase, SyncRow};
use nous_api::{account, contacts, conversations, network, settings, sync};
use nous_protocol::account::{AccountId, Namespace};
use nous_protocol::config::contacts::Contacts;
use nous_protocol::time::Timestamp;
use nous_storage::key::KeyringUse;
use nous_storage::profile::{Profile, UnlockOptions};
use nous_storage::{configs, people};
use serde_json::{Value, json};

use crate::answers;
use crate::person::Person;
use crate::scene::Scene;

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

/// Everybody who agreed to anything, or is blocked.
async fn people(device: &Person) -> Vec<ContactRow> {
    let request = ListContactsRequest {
        list: ContactList::Everybody,
        cursor: None,
        limit: 100,
        filter: String::new(),
    };
    let page = contacts::list_contacts(&device.app, request).await;
    let mut rows = page.expect("people").rows;
    rows.sort_by(|one, two| one.account_id.cmp(&two.account_id));
    rows
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
            // What never left a device is known there alone.
            .filter(|row| row.state != Some(MessageState::Failed))
            .map(|row| {
                // Whether others read it is shown where the device was told to show it.
                let state = row.state.filter(|state| *state != MessageState::Read);
                json!([
                    row.author,
                    row.body,
                    row.sent_at,
                    row.is_own,
                    row.is_unread,
                    state.or(row.is_own.then_some(MessageState::Sent))
                ])
            })
            .collect();
        // What is written and not sent stays on the device.
        let row = ConversationRow {
            draft: String::new(),
            draft_quote: None,
            // It stands among the messages; an acceptance may be the last.
            last_message: None,
            last_activity_at: nous_api::ids::TimestampMs(0),
            ..row
        };
        talks.push(json!({ "row": row, "messages": texts }));
    }
    let row = settings::get_settings(&device.app).await.expect("settings");
    let communities = row.community_requests;
    json!({ "account": name, "communities": communities, "configs": configs, "people": people(device).await, "talks": talks })
}

/// Whatever somebody is shown of others, as one text.
pub(super) async fn everything(person: &Person, others: &[String]) -> String {
    answers::text(person, others).await
}

/// What a device keeps of people, in its tables and in its configs: for whoever reads why a
/// story failed.
pub(super) async fn kept(scene: &Scene, device: Person, others: &[String]) -> String {
    device.app.shutdown().await;
    let dir = device.dir().to_path_buf();
    let options = UnlockOptions {
        keyring: KeyringUse::Off,
        ..UnlockOptions::new(Timestamp::from_ms(scene.control().now_ms()))
    };
    let profile = Profile::open_or_create(&dir, &options).expect("a profile");
    let others: Vec<AccountId> = others
        .iter()
        .map(|id| AccountId::from_hex(id).expect("an account ID"))
        .collect();
    let read = profile.database().read(move |reader| {
        let dump = configs::dump(reader, Namespace::CONTACTS)?.expect("contacts");
        let contacts = Contacts::load(&dump).expect("contacts");
        let mut text = String::new();
        for id in others {
            let table = people::find(reader, &id)?.map(|(_, person)| {
                let told = (person.name, person.nickname, person.profile_updated_s);
                (told, person.is_approved, person.has_approved_me, person.priority)
            });
            text += &format!("table {table:?}\n    config {:?}\n", contacts.get(&id));
        }
        Ok(text + &format!("{:?}", contacts.state()))
    });
    read.await.expect("people")
}
