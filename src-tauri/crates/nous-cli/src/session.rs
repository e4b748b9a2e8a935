//! Commands on an open profile; `watch --stdin` takes them too.

use std::time::Duration;

use nous_api::ids::{ConversationId, MessageId};
use nous_api::requests::{Anchor, ListMessagesRequest};
use nous_api::rows::{MessageBody, MessageRow, MessageState};
use nous_api::{
    App, ErrorCode, addresses, conversations, groups as api_groups, messages, network, reading, sync,
};
use serde_json::{Value, json};

use crate::arguments::{RequestsCommand, SessionCommand, SyncCommand, WaitFor};
use crate::exit::{ExitCode, Failure};
use crate::output::Output;
use crate::pages::PAGE;
use crate::settings;
use crate::{acts, changes, contacts, export, files, gone, groups, reactions, requests, timers};

/// How long a sent message's copy for own devices is waited for.
const OWN_COPY: Duration = Duration::from_secs(5);

impl SessionCommand {
    /// Whether the engine must deliver and poll while this command runs.
    pub(crate) fn needs_engine(&self) -> bool {
        match self {
            Self::Send(arguments) => arguments.wait != WaitFor::None,
            Self::Retry { wait, .. } => *wait != WaitFor::None,
            Self::React { .. } | Self::Download(_) | Self::Forward(_) => true,
            Self::Delete(arguments) => arguments.for_everyone,
            Self::Group(command) => command.needs_engine(),
            Self::Requests(command) => matches!(command, RequestsCommand::Accept { .. }),
            _ => false,
        }
    }
}

/// Carries out one command.
pub(crate) async fn run(app: &App, command: SessionCommand, output: Output) -> Result<(), Failure> {
    match command {
        SessionCommand::Send(arguments) => files::send(app, arguments, output).await,
        SessionCommand::Download(arguments) => files::download(app, arguments, output).await,
        SessionCommand::Delete(arguments) => acts::delete(app, arguments, output).await,
        SessionCommand::Forward(arguments) => acts::forward(app, arguments, output).await,
        SessionCommand::Search(arguments) => acts::search(app, arguments, output).await,
        SessionCommand::Export(arguments) => export::run(app, arguments, output).await,
        SessionCommand::React {
            message,
            emoji,
            remove,
            timeout,
        } => reactions::react(app, MessageId(message), (emoji, remove), timeout, output).await,
        SessionCommand::Retry {
            message,
            wait,
            timeout,
        } => {
            let id = MessageId(message);
            messages::retry_message(app, id.clone()).await?;
            wait_for_state(app, id, wait, timeout, output).await
        }
        SessionCommand::Conversations { sync } => {
            sync_first(app, sync).await?;
            list_conversations(app, output).await
        }
        SessionCommand::Messages { with, limit, sync } => {
            sync_first(app, sync).await?;
            list_messages(app, conversation_id(app, &with).await?, limit, output).await
        }
        SessionCommand::Read { with, message } => {
            let conversation = conversation_id(app, &with).await?;
            match message {
                Some(id) => reading::mark_read_to(app, conversation, MessageId(id)).await?,
                None => conversations::mark_read(app, conversation).await?,
            }
            Ok(())
        }
        SessionCommand::Typing { to, stop } => {
            let conversation = ConversationId(account_id(app, &to).await?);
            Ok(reading::set_typing(app, conversation, !stop).await?)
        }
        SessionCommand::Timer(command) => timers::run(app, command, output).await,
        SessionCommand::Settings(command) => settings::run(app, command, output).await,
        SessionCommand::Group(command) => groups::run(app, command, output).await,
        SessionCommand::Requests(command) => requests::run(app, command, output).await,
        SessionCommand::Path { sync } => {
            sync_first(app, sync).await?;
            let connectivity = network::get_connectivity(app).await?;
            Ok(output.line(&to_value(&connectivity)?)?)
        }
        SessionCommand::Sync(SyncCommand::Status { sync }) => {
            sync_first(app, sync).await?;
            for row in sync::get_sync_status(app).await? {
                output.line(&to_value(&row)?)?;
            }
            for row in api_groups::list_group_sync(app).await? {
                output.line(&to_value(&row)?)?;
            }
            Ok(())
        }
        SessionCommand::Contacts { sync } => {
            sync_first(app, sync).await?;
            contacts::list(app, output).await
        }
        SessionCommand::Contact(command) => contacts::change(app, command, output).await,
        SessionCommand::Outbox { sync } => {
            sync_first(app, sync).await?;
            for item in network::list_outbox(app).await? {
                output.line(&to_value(&item)?)?;
            }
            Ok(())
        }
    }
}

pub(crate) fn to_value(value: &impl serde::Serialize) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(|error| Failure::new(ExitCode::Other, error.to_string()))
}

pub(crate) async fn sync_first(app: &App, sync: bool) -> Result<(), Failure> {
    if sync {
        app.poll_once().await?;
    }
    Ok(())
}

/// A group's ID, as it stands in a text.
fn group_id(text: &str) -> Option<ConversationId> {
    let text = text.trim().to_lowercase();
    let is_one = text.len() == 66 && text.starts_with("03") && text.bytes().all(|b| b.is_ascii_hexdigit());
    is_one.then_some(ConversationId(text))
}

/// The conversation that a text names: a group's ID, or the one account ID in it.
pub(crate) async fn conversation_id(app: &App, text: &str) -> Result<ConversationId, Failure> {
    match group_id(text) {
        Some(group) => Ok(group),
        None => Ok(ConversationId(account_id(app, text).await?)),
    }
}

/// The one account ID in a text, however it was copied.
pub(crate) async fn account_id(app: &App, text: &str) -> Result<String, Failure> {
    use nous_api::rows::RecognisedAddress as R;
    match addresses::recognise_address(app, text.to_owned()).await? {
        R::Accounts { accounts } => match <[_; 1]>::try_from(accounts) {
            Ok([account]) => Ok(account.account_id),
            Err(_) => Err(Failure::usage("There are several account IDs: give one.")),
        },
        R::Name { name } => Ok(addresses::lookup_name(app, name).await?),
        R::Error { error } => Err(error.into()),
        R::Empty => Err(Failure::usage("The account ID is empty.")),
    }
}

/// The conversation that a text names, made if there is none.
pub(crate) async fn opened(app: &App, to: &str) -> Result<ConversationId, Failure> {
    match group_id(to) {
        Some(group) => Ok(group),
        None => {
            let account = account_id(app, to).await?;
            Ok(conversations::open_conversation(app, account).await?.id)
        }
    }
}

/// Different for every message.
pub(crate) fn client_token() -> String {
    format!("cli-{}-{}", std::process::id(), token())
}

/// Different for every message of this process.
fn token() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::UNIX_EPOCH;
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let now = UNIX_EPOCH
        .elapsed()
        .map_or(0, |since| u64::try_from(since.as_micros()).unwrap_or(0));
    now.wrapping_mul(1000)
        .wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Whether a message in this state is what was waited for, or will never be.
fn is_end(state: MessageState, wait: WaitFor) -> bool {
    match state {
        MessageState::Failed | MessageState::Read => true,
        MessageState::Sent | MessageState::NotSynced => wait == WaitFor::Sent,
        MessageState::Queued | MessageState::Sending => false,
    }
}

pub(crate) async fn wait_for_state(
    app: &App,
    id: MessageId,
    wait: WaitFor,
    timeout: Duration,
    output: Output,
) -> Result<(), Failure> {
    let row = if wait == WaitFor::None {
        message(app, &id).await?
    } else {
        match tokio::time::timeout(timeout, until(app, &id, wait)).await {
            Ok(row) => row?,
            Err(_) => message(app, &id).await?,
        }
    };
    let state = row.state.unwrap_or(MessageState::Queued);
    output.line(&json!({ "messageId": id, "state": state, "error": error_code(&row) }))?;
    if wait != WaitFor::None && state == MessageState::Sent {
        // The message has arrived; what is still missing goes out with the next command.
        let _ = tokio::time::timeout(timeout.min(OWN_COPY), until_on_own_devices(app, &id)).await;
    }
    match (state, wait) {
        (MessageState::Failed, _) => Err(match row.error {
            Some(error) => Failure {
                code: ExitCode::Refused,
                ..error.into()
            },
            None => Failure::new(ExitCode::Refused, "Not sent."),
        }),
        (_, WaitFor::None) => Ok(()),
        (state, wait) if is_end(state, wait) => Ok(()),
        _ => Err(Failure {
            error: Some(ErrorCode::TimedOut),
            ..Failure::new(
                ExitCode::Offline,
                "Not in time. The message stays queued and goes out with the next command that runs.",
            )
        }),
    }
}

/// Waits until nothing of a message waits to go out, its copy for own devices included.
async fn until_on_own_devices(app: &App, id: &MessageId) -> Result<(), Failure> {
    let mut events = app.subscribe();
    while network::list_outbox(app)
        .await?
        .iter()
        .any(|item| item.message_id == *id)
    {
        let Some(batch) = events.next().await else { break };
        nous_api::subscriptions::ack_events(app, batch.seq).await?;
    }
    Ok(())
}

/// The message once it has reached what is waited for: asked again on every event about it.
async fn until(app: &App, id: &MessageId, wait: WaitFor) -> Result<MessageRow, Failure> {
    let mut events = app.subscribe();
    loop {
        let row = message(app, id).await?;
        if row.state.is_none_or(|state| is_end(state, wait)) {
            return Ok(row);
        }
        let Some(batch) = events.next().await else {
            return Ok(row);
        };
        nous_api::subscriptions::ack_events(app, batch.seq).await?;
    }
}

pub(crate) async fn message(app: &App, id: &MessageId) -> Result<MessageRow, Failure> {
    let rows = messages::get_messages(app, vec![id.clone()]).await?;
    rows.into_iter()
        .next()
        .ok_or_else(|| nous_api::ApiError::new(ErrorCode::MessageNotFound).into())
}

/// The list, and after it the conversations with people who ask: a script sees every one there is.
async fn list_conversations(app: &App, output: Output) -> Result<(), Failure> {
    let asking = requests::all(app).await?;
    let ids: Vec<_> = asking.into_iter().map(|request| request.id).collect();
    let mut rows = changes::all_rows(app).await?;
    for ids in ids.chunks(PAGE as usize) {
        rows.extend(conversations::get_conversations(app, ids.to_vec()).await?);
    }
    rows.iter().try_for_each(|row| Ok(output.line(&to_value(row)?)?))
}

async fn list_messages(
    app: &App,
    conversation: ConversationId,
    limit: u32,
    output: Output,
) -> Result<(), Failure> {
    let mut rows = std::collections::VecDeque::new();
    let mut anchor = Anchor::Latest;
    while u32::try_from(rows.len()).unwrap_or(u32::MAX) < limit {
        let left = limit - u32::try_from(rows.len()).unwrap_or(limit);
        let request = ListMessagesRequest {
            conversation: conversation.clone(),
            anchor,
            limit: left.min(PAGE),
        };
        let page = messages::list_messages(app, request).await?;
        for row in page.rows.into_iter().rev() {
            rows.push_front(row);
        }
        let Some(cursor) = page.older else { break };
        anchor = Anchor::Before { cursor };
    }
    for row in &rows {
        output.line(&message_line(app, row).await?)?;
    }
    Ok(())
}

fn error_code(row: &MessageRow) -> Option<ErrorCode> {
    row.error.as_ref().map(|error| error.code)
}

/// A message as one line of output; `body` holds the whole text.
pub(crate) async fn message_line(app: &App, row: &MessageRow) -> Result<Value, Failure> {
    Ok(json!({
        "messageId": row.id,
        "conversation": row.conversation,
        "from": row.author,
        "kind": kind(row),
        "body": whole_text(app, row).await?,
        "sentAt": row.sent_at,
        "receivedAt": row.received_at,
        "state": row.state,
        "error": error_code(row),
        "attachments": files::lines(row),
        "preview": row.preview,
        "invitation": row.invitation,
        "quote": row.quote,
        "reactions": row.reactions,
        "deleted": gone::is_deleted(row),
        "expiresAt": row.disappears.and_then(|disappears| disappears.ends_at),
    }))
}

/// What a message is, in a word.
pub(crate) const fn kind(row: &MessageRow) -> &'static str {
    match row.body {
        MessageBody::Text { .. } => "text",
        MessageBody::Deleted => "deleted",
        MessageBody::DeletedForAll => "deletedForAll",
        MessageBody::Unsupported { .. } => "unsupported",
        MessageBody::RequestAccepted => "requestAccepted",
        MessageBody::GroupEvent { .. } => "groupEvent",
        MessageBody::TimerChanged { .. } => "timerChanged",
        MessageBody::MediaSaved => "mediaSaved",
    }
}

async fn whole_text(app: &App, row: &MessageRow) -> Result<Option<String>, Failure> {
    Ok(match &row.body {
        MessageBody::Text { truncated: true, .. } => {
            Some(messages::get_message_info(app, row.id.clone()).await?.full_text)
        }
        MessageBody::Text { text, .. } => Some(text.clone()),
        MessageBody::Deleted
        | MessageBody::DeletedForAll
        | MessageBody::Unsupported { .. }
        | MessageBody::RequestAccepted
        | MessageBody::GroupEvent { .. }
        | MessageBody::TimerChanged { .. }
        | MessageBody::MediaSaved => None,
    })
}
