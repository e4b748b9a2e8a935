//! A process that kills itself at a named step: driven by the kill tests.
//!
//! `kill-child PROFILE NETWORK-FILE STEP NUMBER COMMAND…`: at the NUMBER-th step with the name
//! STEP it prints the name and dies by SIGKILL. With 0 it does not die, and prints each step
//! whose name starts with STEP. It ends by itself when the command is done.
#![allow(clippy::print_stdout, reason = "the test reads the steps' names")]

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

mod drafts;
mod files;
mod groups;
mod portraits;
mod timers;

use anyhow::{Context as _, Result, bail};
use nous_api::ids::{ConversationId, MessageId};
use nous_api::requests::{Anchor, DeleteAccountRequest, ListMessagesRequest, SendMessageRequest};
use nous_api::rows::{MessageBody, MessageState, Stage, SyncPhase};
use nous_api::{
    App, AppOptions, NetworkConfig, boot, conversations, deleting, leaving, messages, network, pictures,
    reactions, subscriptions, sync,
};
use rustix::process::{Signal, getpid, kill_process};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = move || arguments.next().context("an argument is missing");
    let profile = PathBuf::from(next()?);
    let network_file = std::fs::read_to_string(next()?)?;
    let (step, number, command) = (next()?, next()?.parse()?, next()?);
    let deadly = Deadly {
        step,
        number,
        seen: AtomicU64::new(0),
        is_written: AtomicBool::new(!is_edit(&command)),
    };
    // Why a child failed stands in what the test shows.
    let errors = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_filter(LevelFilter::ERROR);
    tracing_subscriber::registry().with(deadly).with(errors).init();
    let options = AppOptions {
        profile_dir: Some(profile),
        // One round, as of a program that does not stay.
        is_polling: command != "round",
        ..AppOptions::new(NetworkConfig::from_json(&network_file)?)
    };
    let app = App::open(options).await?;
    match command.as_str() {
        "send" => send(&app, next()?, next()?).await?,
        "receive" | "round" => {
            app.poll_once().await?;
        }
        "unsay" => {
            let (to, text) = (next()?, next()?);
            let id = said(&app, &to, &text).await?.context("nobody said so")?;
            deleting::delete_for_everyone(&app, vec![id]).await?;
            unsaid(&app, &to, &text).await?;
        }
        "unsaid" => unsaid(&app, &next()?, &next()?).await?,
        "unnote" => {
            let (own, text) = (next()?, next()?);
            let id = said(&app, &own, &text).await?.context("nobody noted that")?;
            deleting::delete_on_all_devices(&app, vec![id]).await?;
            unsaid(&app, &own, &text).await?;
        }
        "react" => {
            let (to, text) = (next()?, next()?);
            let id = said(&app, &to, &text).await?.context("nobody said so")?;
            reactions::react(&app, id, next()?, false).await?;
        }
        "regret" => drafts::regret(&app, next()?, next()?, next()?).await?,
        "timer" => timers::set(&app, next()?, next()?.parse()?).await?,
        "read" => timers::read(&app, next()?).await?,
        "erase" => erase(&app, false).await?,
        "delete" => erase(&app, true).await?,
        "pin" => {
            let conversation = conversations::open_conversation(&app, next()?).await?.id;
            conversations::set_pinned(&app, conversation, next()? == "yes").await?;
            sync_all(&app).await?;
        }
        "portray" => {
            portraits::choose(&app, next()?.parse()?).await?;
            portraits::settle(&app).await?;
        }
        "unportray" => {
            pictures::remove_picture(&app).await?;
            portraits::settle(&app).await?;
        }
        "send-file" => files::send(&app, next()?, next()?, next()?.into()).await?,
        "send-two" => files::send_two(&app, next()?, next()?, next()?.into()).await?,
        "send-album" => files::send_album(&app, next()?, next()?, next()?.into()).await?,
        "fetch" => files::fetch(&app, &next()?, &next()?, next()?.into()).await?,
        "forget" => files::forget(&app, &next()?, &next()?).await?,
        "save" => files::save(&app, &next()?, &next()?, next()?.into()).await?,
        "discard" => files::discard(&app, next()?, next()?.into()).await?,
        "settle" => portraits::settle(&app).await?,
        "see" => portraits::see(&app, &next()?, next()?.parse()?).await?,
        group if group.starts_with("group-") => groups::run(&app, group, next).await?,
        // Until it is killed.
        "stay" => std::future::pending::<()>().await,
        "sync" => sync_all(&app).await?,
        "stage" => println!("{:?}", boot::get_boot_state(&app).await?.stage),
        other => bail!("no command {other}"),
    }
    app.shutdown().await;
    Ok(())
}

/// Polls until everything that devices share is in the swarm.
async fn sync_all(app: &App) -> Result<()> {
    loop {
        let all = sync::get_sync_status(app).await?;
        if all.len() == 4 && all.iter().all(|row| row.state == SyncPhase::Clean) {
            return Ok(());
        }
        app.poll_once().await?;
    }
}

/// Sends a text once, however often it is asked, and waits until nothing of it waits.
async fn send(app: &App, to: String, text: String) -> Result<()> {
    let conversation = conversations::open_conversation(app, to).await?.id;
    let client_token = format!("token of {text}");
    let request = SendMessageRequest {
        conversation,
        body: text,
        client_token,
        quote: None,
        attachments: Vec::new(),
        preview: None,
    };
    let id = messages::send_message(app, request).await?.remove(0).id;
    sent(app, id).await
}

/// Waits until nothing of a message waits.
async fn sent(app: &App, id: MessageId) -> Result<()> {
    let mut events = app.subscribe();
    loop {
        let rows = messages::get_messages(app, vec![id.clone()]).await?;
        match rows.first().context("the message")?.state {
            // Its copy for own devices leaves after it.
            Some(MessageState::Sent) if network::list_outbox(app).await?.is_empty() => return Ok(()),
            Some(MessageState::Failed) => bail!("the message failed"),
            _ => {}
        }
        let batch = events.next().await.context("the app was closed")?;
        subscriptions::ack_events(app, batch.seq).await?;
    }
}

/// The message of this text to somebody, if it is there.
async fn said(app: &App, to: &str, text: &str) -> Result<Option<MessageId>> {
    let request = ListMessagesRequest {
        conversation: ConversationId(to.to_owned()),
        anchor: Anchor::Latest,
        limit: 100,
    };
    let rows = messages::list_messages(app, request).await?.rows;
    let is_it = |body: &MessageBody| matches!(body, MessageBody::Text { text: said, .. } if said == text);
    Ok(rows.into_iter().find(|row| is_it(&row.body)).map(|row| row.id))
}

/// Waits until a text is not there any more. What asks others to delete it is written down then.
async fn unsaid(app: &App, to: &str, text: &str) -> Result<()> {
    let mut events = app.subscribe();
    while said(app, to, text).await?.is_some() {
        let batch = events.next().await.context("the app was closed")?;
        subscriptions::ack_events(app, batch.seq).await?;
    }
    Ok(())
}

/// Deletes the account, and waits until it is gone.
async fn erase(app: &App, from_network: bool) -> Result<()> {
    let mut events = app.subscribe();
    let stage = boot::get_boot_state(app).await?.stage;
    // One that was begun goes on by itself.
    if stage == Stage::Ready {
        let request = DeleteAccountRequest {
            password: None,
            from_network,
        };
        leaving::delete_account(app, request).await?;
    }
    while boot::get_boot_state(app).await?.stage != Stage::NoAccount {
        let batch = events.next().await.context("the app was closed")?;
        subscriptions::ack_events(app, batch.seq).await?;
    }
    Ok(())
}

/// Counts a step, and ends the process at one of its turns; or only tells the steps.
struct Deadly {
    step: String,
    number: u64,
    seen: AtomicU64,
    /// What was asked for is written down: steps before that are of what goes on anyway.
    is_written: AtomicBool,
}

/// The steps after which a change of a group is written down.
const WRITTEN: [&str; 2] = ["group.edited", "group.pictureChosen"];

/// Whether a command changes a group that is there: until that is written down, a poll may pass
/// the steps of a group that have nothing to do with it.
fn is_edit(command: &str) -> bool {
    const OTHERS: [&str; 8] = [
        "group-settle",
        "group-await",
        "group-create",
        "group-create-each",
        "group-accept",
        "group-decline",
        "group-read",
        "group-say",
    ];
    command.starts_with("group-") && !OTHERS.contains(&command)
}

impl<S: Subscriber> Layer<S> for Deadly {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != "step" {
            return;
        }
        let mut name = Name(String::new());
        event.record(&mut name);
        if WRITTEN.contains(&name.0.as_str()) {
            self.is_written.store(true, Ordering::SeqCst);
        }
        if self.number == 0 {
            if name.0.starts_with(&self.step) {
                println!("{}", name.0);
            }
        } else if name.0 == self.step
            && self.is_written.load(Ordering::SeqCst)
            && self.seen.fetch_add(1, Ordering::SeqCst) + 1 == self.number
        {
            println!("{}", name.0);
            // What cannot be flushed is missed by the test.
            let _ = std::io::stdout().flush();
            let _ = kill_process(getpid(), Signal::KILL);
        }
    }
}

/// The field `name` of an event.
struct Name(String);

impl Visit for Name {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "name" {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
