//! Somebody with a profile, seen through the contract.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nous_api::ids::{ConversationId, MessageId};
use nous_api::requests::{
    Anchor, CreateAccountRequest, ListConversationsRequest, ListMessagesRequest, ListRequestsRequest,
    RestoreAccountRequest, SendMessageRequest,
};
use nous_api::rows::{ConversationRow, MessageBody, MessageRow, MessageState, Stage};
use nous_api::{
    App, AppOptions, EventStream, NetworkConfig, account, boot, conversations, message_requests, messages,
    subscriptions,
};
use tokio::sync::Mutex;

use crate::logs;
use crate::scene::Scene;

/// No test waits longer for one thing.
const PATIENCE: Duration = Duration::from_secs(180);

pub(crate) struct Person {
    pub(crate) app: App,
    /// 66 hex digits.
    pub(crate) id: String,
    dir: PathBuf,
    network: NetworkConfig,
    events: Mutex<EventStream>,
}

fn options(dir: PathBuf, network: NetworkConfig) -> AppOptions {
    AppOptions {
        profile_dir: Some(dir),
        ..AppOptions::new(network)
    }
}

impl Person {
    pub(crate) async fn create(scene: &Scene, name: &str) -> Self {
        let dir = scene.profile(name);
        let app = App::open(options(dir.clone(), scene.network()))
            .await
            .expect("a profile");
        let request = CreateAccountRequest {
            display_name: name.to_owned(),
        };
        let row = boot::create_account(&app, request).await.expect("an account");
        Self::with(app, row.account_id, dir, scene.network()).await
    }

    async fn with(app: App, id: String, dir: PathBuf, network: NetworkConfig) -> Self {
        logs::is_secret(&id);
        // Polls as often as with a window that is used.
        subscriptions::set_window_focus(&app, true).await.expect("focus");
        let events = Mutex::new(app.subscribe());
        Self {
            app,
            id,
            dir,
            network,
            events,
        }
    }

    /// The same account in a second profile.
    pub(crate) async fn second_device(&self, scene: &Scene, name: &str) -> Self {
        let words = account::get_recovery_phrase(&self.app, None)
            .await
            .expect("a phrase")
            .words;
        logs::is_secret(&words);
        let dir = scene.profile(name);
        let app = App::open(options(dir.clone(), scene.network()))
            .await
            .expect("a profile");
        let request = RestoreAccountRequest {
            phrase: words,
            display_name: Some("Alice".to_owned()),
        };
        boot::start_restore(&app, request).await.expect("a job");
        let other = Self::with(app, self.id.clone(), dir, scene.network()).await;
        other
            .until("the account is restored", async |person| {
                let state = boot::get_boot_state(&person.app).await.expect("a state");
                (state.stage == Stage::Ready).then_some(())
            })
            .await;
        other
    }

    /// Closes the profile and opens it again.
    pub(crate) async fn restart(self) -> Self {
        self.app.shutdown().await;
        let app = App::open(options(self.dir.clone(), self.network.clone()))
            .await
            .expect("a profile");
        Self::with(app, self.id, self.dir, self.network).await
    }

    /// The folder of the profile.
    pub(crate) fn dir(&self) -> &std::path::Path {
        &self.dir
    }

    /// Whether this is somebody's profile.
    pub(crate) fn is_at(&self, dir: &std::path::Path) -> bool {
        self.dir == dir
    }

    /// Whether the profile has this name.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.dir.file_name().is_some_and(|file| file == name)
    }

    /// Opens the conversation with an account, or names that of a group.
    pub(crate) async fn conversation(&self, with: &str) -> ConversationId {
        if with.starts_with("03") {
            return ConversationId(with.to_owned());
        }
        let row = conversations::open_conversation(&self.app, with.to_owned()).await;
        row.expect("a conversation").id
    }

    /// Writes a text down for somebody; it goes out by itself.
    pub(crate) async fn write(&self, to: &str, text: &str) -> MessageId {
        logs::is_secret(text);
        let request = SendMessageRequest {
            conversation: self.conversation(to).await,
            body: text.to_owned(),
            client_token: token(),
            quote: None,
            attachments: Vec::new(),
            preview: None,
        };
        messages::send_message(&self.app, request)
            .await
            .expect("a message")
            .remove(0)
            .id
    }

    /// Writes to somebody and waits until it is sent.
    pub(crate) async fn send(&self, to: &str, text: &str) -> MessageId {
        let id = self.write(to, text).await;
        self.until_state(&id, MessageState::Sent).await;
        id
    }

    pub(crate) async fn message(&self, id: &MessageId) -> MessageRow {
        let rows = messages::get_messages(&self.app, vec![id.clone()])
            .await
            .expect("messages");
        rows.into_iter().next().expect("the message")
    }

    /// Waits until an own message has this state; any other end is a failure.
    pub(crate) async fn until_state(&self, id: &MessageId, state: MessageState) -> MessageRow {
        self.until(&format!("the message is {state:?}"), async |person| {
            let row = person.message(id).await;
            let is_end = row.state == Some(MessageState::Failed) && state != MessageState::Failed;
            assert!(!is_end, "the message failed: {:?}", row.error);
            (row.state == Some(state)).then_some(row)
        })
        .await
    }

    /// Waits until a text from or to somebody stands in the conversation.
    pub(crate) async fn until_text(&self, with: &str, text: &str) -> MessageRow {
        self.until(&format!("the text {text:?} is there"), async |person| {
            let rows = person.timeline(with).await;
            rows.into_iter().find(|row| text_of(row) == text)
        })
        .await
    }

    /// All messages with somebody, oldest first.
    pub(crate) async fn timeline(&self, with: &str) -> Vec<MessageRow> {
        let conversation = ConversationId(with.to_owned());
        let mut rows = Vec::new();
        let mut anchor = Anchor::Latest;
        loop {
            let request = ListMessagesRequest {
                conversation: conversation.clone(),
                anchor,
                limit: 100,
            };
            let page = match messages::list_messages(&self.app, request).await {
                Ok(page) => page,
                Err(error) if error.code == nous_api::ErrorCode::ConversationNotFound => return rows,
                Err(error) => panic!("no page: {error:?}"),
            };
            rows.splice(0..0, page.rows);
            let Some(cursor) = page.older else { return rows };
            anchor = Anchor::Before { cursor };
        }
    }

    /// The texts of [`Person::timeline`].
    pub(crate) async fn texts(&self, with: &str) -> Vec<String> {
        let rows = self.timeline(with).await;
        let said = rows.iter().filter(|row| row.body != MessageBody::RequestAccepted);
        said.map(text_of).collect()
    }

    /// The conversations in the list, and those with people who ask.
    pub(crate) async fn list(&self) -> Vec<ConversationRow> {
        let request = ListConversationsRequest {
            cursor: None,
            limit: 100,
            filter: String::new(),
        };
        let listed = conversations::list_conversations(&self.app, request)
            .await
            .expect("a list");
        let asked = ListRequestsRequest {
            cursor: None,
            limit: 100,
        };
        let asking = message_requests::list_requests(&self.app, asked)
            .await
            .expect("the requests");
        let ids = asking.rows.into_iter().map(|row| row.id).collect();
        let asking = conversations::get_conversations(&self.app, ids)
            .await
            .expect("their rows");
        listed.rows.into_iter().chain(asking).collect()
    }

    /// Asks the own swarm once, to the end; answers how many messages came.
    pub(crate) async fn poll(&self) -> u32 {
        self.app.poll_once().await.expect("a poll")
    }

    /// Waits for events until `look` finds what it looks for.
    pub(crate) async fn until<T>(&self, what: &str, look: impl AsyncFn(&Self) -> Option<T>) -> T {
        let waiting = async {
            let mut events = self.events.lock().await;
            loop {
                if let Some(found) = look(self).await {
                    return found;
                }
                let batch = events.next().await.expect("the app is open");
                subscriptions::ack_events(&self.app, batch.seq)
                    .await
                    .expect("an acknowledgement");
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(found) => found,
            Err(_) => panic!("in vain: {what}\nof {}\n{}", self.id, logs::last()),
        }
    }
}

/// The whole text of a row; a mark for what has none.
pub(crate) fn text_of(row: &MessageRow) -> String {
    match &row.body {
        MessageBody::Text { text, .. } => text.clone(),
        other => format!("{other:?}"),
    }
}

/// Different for every message of this process.
fn token() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!(
        "test-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}
