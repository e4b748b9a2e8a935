//! The demo: a network inside the app and a contact on it that answers, so that a newcomer
//! sees a message go out, ticked and answered, without reaching anyone.
//!
//! The contact is an ordinary client with a profile of its own; it knows nothing that a
//! person's app would not know.

mod replies;

use std::path::Path;
use std::time::Duration;

use nous_api::ids::Cursor;
use nous_api::requests::{CreateAccountRequest, SendMessageRequest};
use nous_api::rows::{DemoContact, MessageBody, ReceivedMessage, Stage};
use nous_api::{
    ApiError, App, AppOptions, ErrorCode, NetworkConfig, account, boot, conversations, messages,
    subscriptions,
};
use nous_localnet::{Localnet, LocalnetOptions};
use tauri::async_runtime::JoinHandle;

/// The contact's display name.
const NAME: &str = "Camille";
/// Messages taken at once.
const PAGE: u32 = 100;
/// How long the contact's profile may take to close.
const CLOSING_TAKES: Duration = Duration::from_secs(3);

/// A running demo. Ends with [`Demo::end`].
pub(crate) struct Demo {
    localnet: Localnet,
    contact: App,
    answering: JoinHandle<()>,
    network: NetworkConfig,
    shown: DemoContact,
}

impl Demo {
    /// Starts the network and its contact. Both are kept in `folder` and come back from there.
    ///
    /// # Errors
    /// When ports or the folder cannot be used.
    pub(crate) async fn start(folder: &Path) -> Result<Self, ApiError> {
        let options = LocalnetOptions {
            dir: Some(folder.join("network")),
            ..LocalnetOptions::default()
        };
        let localnet = Localnet::start(options).await.map_err(|error| {
            tracing::error!(%error, "the demo's network did not start");
            ApiError::new(ErrorCode::Unexpected)
        })?;
        let network = NetworkConfig::from_json(&localnet.network_file().to_json())
            .map_err(|_| ApiError::new(ErrorCode::NetworkFileInvalid))?;
        let contact = open_contact(&folder.join("contact"), network.clone()).await?;
        let row = account::get_account(&contact).await?;
        let shown = DemoContact {
            account_id: row.account_id,
            name: NAME.to_owned(),
        };
        let answering = tauri::async_runtime::spawn(answer_all(contact.clone()));
        Ok(Self {
            localnet,
            contact,
            answering,
            network,
            shown,
        })
    }

    /// The network, and who answers there, with the optional form of a face's options.
    pub(crate) fn place(&self) -> (NetworkConfig, Option<DemoContact>) {
        (self.network.clone(), Some(self.shown.clone()))
    }

    /// Ends the contact, then its network.
    pub(crate) async fn end(self) {
        self.answering.abort();
        let _ = tokio::time::timeout(CLOSING_TAKES, self.contact.shutdown()).await;
        let _ = tokio::time::timeout(CLOSING_TAKES, self.localnet.shutdown()).await;
    }
}

async fn open_contact(folder: &Path, network: NetworkConfig) -> Result<App, ApiError> {
    let app = App::open(AppOptions {
        profile_dir: Some(folder.to_owned()),
        ..AppOptions::new(network)
    })
    .await?;
    if boot::get_boot_state(&app).await?.stage == Stage::NoAccount {
        boot::create_account(
            &app,
            CreateAccountRequest {
                display_name: NAME.to_owned(),
            },
        )
        .await?;
    }
    subscriptions::set_window_focus(&app, true).await?;
    Ok(app)
}

/// Answers everything, one batch of events after the other, until the profile closes.
async fn answer_all(contact: App) {
    let mut events = contact.subscribe();
    loop {
        if let Err(error) = answer_new(&contact).await {
            tracing::warn!(code = ?error.code, "the demo contact could not answer");
        }
        let Some(batch) = events.next().await else { return };
        if subscriptions::ack_events(&contact, batch.seq).await.is_err() {
            return;
        }
    }
}

/// Answers what came since the cursor that is kept in the contact's profile. A message is
/// answered once however often this is begun: its id is the answer's token.
async fn answer_new(contact: &App) -> Result<(), ApiError> {
    let mut cursor = messages::get_watch_cursor(contact).await?;
    loop {
        let page = messages::received_since(contact, cursor, PAGE).await?;
        if page.rows.is_empty() {
            return Ok(());
        }
        for received in page.rows {
            answer(contact, &received).await?;
            messages::set_watch_cursor(contact, received.cursor).await?;
        }
        cursor = Some(page.cursor);
    }
}

async fn answer(contact: &App, received: &ReceivedMessage) -> Result<(), ApiError> {
    let row = &received.row;
    let MessageBody::Text { text, .. } = &row.body else {
        return Ok(());
    };
    if row.is_own {
        return Ok(());
    }
    conversations::mark_read(contact, row.conversation.clone()).await?;
    let turn = turn_of(contact, received).await?;
    let request = SendMessageRequest {
        conversation: row.conversation.clone(),
        body: replies::reply(text, turn).to_owned(),
        client_token: format!("answer-{}", row.id),
        quote: None,
        attachments: Vec::new(),
        preview: None,
    };
    messages::send_message(contact, request).await.map(drop)
}

/// How many messages the contact had received before this one, from 0: answers go round by it.
async fn turn_of(contact: &App, received: &ReceivedMessage) -> Result<usize, ApiError> {
    let mut turn = 0;
    let mut after: Option<Cursor> = None;
    loop {
        let page = messages::received_since(contact, after, PAGE).await?;
        let others = page.rows.iter().filter(|other| !other.row.is_own);
        let ids: Vec<_> = others.map(|other| &other.row.id).collect();
        match ids.iter().position(|id| **id == received.row.id) {
            Some(place) => return Ok(turn + place),
            None if page.rows.is_empty() => return Ok(turn),
            None => turn += ids.len(),
        }
        after = Some(page.cursor);
    }
}
