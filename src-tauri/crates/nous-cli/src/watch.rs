//! `watch`: new messages and states as they come.

use std::collections::{BTreeSet, VecDeque};

use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use nous_api::events::{AppEvent, Changed, EventBatch};
use nous_api::ids::{Cursor, MessageId};
use nous_api::rows::{MessageBody, MessageRow, MessageState, ReceivedMessage};
use nous_api::{App, AppOptions, messages, subscriptions};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::arguments::{SessionCommand, WatchArguments};
use crate::changes::Changes;
use crate::exit::Failure;
use crate::known::Known;
use crate::output::Output;
use crate::pages::PAGE;
use crate::session;

/// Fixes where the first run of `watch` begins, before anything is polled: what this
/// run brings is then new, however long it waited in the swarm. Answers what is known until then.
pub(crate) async fn prepare(options: AppOptions, from_start: bool) -> Result<Known, Failure> {
    let app = App::open(AppOptions {
        is_polling: false,
        ..options
    })
    .await?;
    let result = async {
        if !from_start && messages::get_watch_cursor(&app).await?.is_none() {
            let cursor = messages::latest_arrival(&app).await?;
            messages::set_watch_cursor(&app, cursor).await?;
        }
        Known::now(&app).await
    }
    .await;
    app.shutdown().await;
    result
}

/// Runs until the count, the time or the person ends it.
pub(crate) async fn run(
    app: &App,
    arguments: &WatchArguments,
    known: Known,
    output: Output,
) -> Result<(), Failure> {
    let mut watch = Watch {
        app: app.clone(),
        output,
        cursor: if arguments.from_start {
            None
        } else {
            messages::get_watch_cursor(app).await?
        },
        left: arguments.count,
        pending: BTreeSet::new(),
        printed: VecDeque::new(),
        known,
        changes: Changes::begin(app).await?,
    };
    let end = async {
        match arguments.timeout {
            Some(timeout) => tokio::time::sleep(timeout).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(end);
    let mut events = app.subscribe();
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut takes_commands = arguments.stdin;
    let mut commands = Commands::new();
    if watch.print_arrivals().await? {
        return Ok(());
    }
    loop {
        tokio::select! {
            batch = events.next() => {
                let Some(batch) = batch else { return Ok(()) };
                if watch.on_batch(&batch).await? {
                    return Ok(());
                }
            }
            line = lines.next_line(), if takes_commands => match line? {
                Some(line) => start_command(&mut commands, app, &line, output),
                None => takes_commands = false,
            },
            Some(()) = commands.next(), if !commands.is_empty() => {}
            () = &mut end => return watch.timed_out(),
            _ = tokio::signal::ctrl_c() => return Ok(()),
        }
    }
}

struct Watch {
    app: App,
    output: Output,
    cursor: Option<Cursor>,
    left: Option<u64>,
    /// Own messages on their way.
    pending: BTreeSet<MessageId>,
    /// The states printed last: none is printed twice in a row.
    printed: VecDeque<(MessageId, MessageState)>,
    known: Known,
    changes: Changes,
}

/// How many printed states are remembered.
const PRINTED: usize = 1_000;

impl Watch {
    /// A count that was asked for and not reached is a failure.
    fn timed_out(&self) -> Result<(), Failure> {
        match self.left {
            Some(left) if left > 0 => Err(Failure::timed_out(format!("{left} more were waited for"))),
            _ => Ok(()),
        }
    }

    /// Prints what a batch of events announces. Answers whether the count is reached.
    async fn on_batch(&mut self, batch: &EventBatch) -> Result<bool, Failure> {
        let mut named: Vec<MessageId> = self.pending.iter().cloned().collect();
        let mut others = Vec::new();
        for event in &batch.events {
            match event {
                AppEvent::MessagesChanged {
                    ids: Changed::Some { ids },
                    ..
                } => named.extend(ids.iter().cloned()),
                AppEvent::MessagesChanged {
                    conversation,
                    ids: Changed::All,
                } => others.extend(self.known.messages(Some(conversation))),
                AppEvent::Resync => others.extend(self.known.messages(None)),
                _ => {}
            }
        }
        self.print_changes(named, true).await?;
        self.print_changes(others, false).await?;
        let is_done = self.print_arrivals().await?;
        if !is_done {
            self.changes.print(&self.app, batch, self.output).await?;
        }
        subscriptions::ack_events(&self.app, batch.seq).await?;
        Ok(is_done)
    }

    /// Prints each arrival and saves the cursor behind it once the line has left.
    async fn print_arrivals(&mut self) -> Result<bool, Failure> {
        loop {
            if self.left == Some(0) {
                return Ok(true);
            }
            let page = messages::received_since(&self.app, self.cursor.clone(), PAGE).await?;
            if page.rows.is_empty() {
                return Ok(false);
            }
            for received in page.rows {
                self.known.note(&self.app, &received.row).await?;
                let is_message = self.print_arrival(&received).await?;
                messages::set_watch_cursor(&self.app, received.cursor.clone()).await?;
                self.cursor = Some(received.cursor);
                self.left = self.left.map(|left| left.saturating_sub(is_message.into()));
                if self.left == Some(0) {
                    return Ok(true);
                }
            }
        }
    }

    /// Prints one arrival: a message, one of a request, or that somebody accepted ours. Answers
    /// whether it counts as a message.
    async fn print_arrival(&self, received: &ReceivedMessage) -> Result<bool, Failure> {
        let row = &received.row;
        if matches!(row.body, MessageBody::RequestAccepted) {
            let line = json!({ "event": "accepted", "conversation": row.conversation, "from": row.author });
            self.output.line(&line)?;
            return Ok(false);
        }
        if let MessageBody::GroupEvent { event } = &row.body {
            let line = json!({
                "event": "group",
                "conversation": row.conversation,
                "from": row.author,
                "what": event,
            });
            self.output.line(&line)?;
            return Ok(false);
        }
        if let MessageBody::TimerChanged { timer, .. } = &row.body {
            let line = json!({
                "event": "timer",
                "messageId": row.id,
                "conversation": row.conversation,
                "from": row.author,
                "kind": timer.kind,
                "seconds": timer.seconds,
            });
            self.output.line(&line)?;
            return Ok(false);
        }
        if matches!(row.body, MessageBody::MediaSaved) {
            let line = json!({
                "event": "mediaSaved",
                "messageId": row.id,
                "conversation": row.conversation,
                "from": row.author,
            });
            self.output.line(&line)?;
            return Ok(false);
        }
        let mut line = session::message_line(&self.app, row).await?;
        if let Some(fields) = line.as_object_mut() {
            fields.insert("event".to_owned(), json!("message"));
            fields.insert("isRequest".to_owned(), json!(received.is_request));
        }
        self.output.line(&line)?;
        Ok(true)
    }

    /// Prints what is another with these messages. `is_each_named`: it was said of each that it changed;
    /// else only what differs from what was told before is told.
    async fn print_changes(&mut self, mut asked: Vec<MessageId>, is_each_named: bool) -> Result<(), Failure> {
        asked.sort();
        asked.dedup();
        for part in asked.chunks(PAGE as usize) {
            let rows = messages::get_messages(&self.app, part.to_vec()).await?;
            self.known
                .print(&self.app, part, &rows, is_each_named, self.output)
                .await?;
            for row in rows {
                if is_each_named || self.is_printed(&row.id) {
                    self.print_state(&row)?;
                }
            }
        }
        Ok(())
    }

    fn print_state(&mut self, row: &MessageRow) -> Result<(), Failure> {
        let Some(state) = row.state else {
            return Ok(());
        };
        if !self.is_news(&row.id, state) {
            return Ok(());
        }
        let error = row.error.as_ref().map(|error| error.code);
        Ok(self.output.line(&json!({
            "event": "state",
            "messageId": row.id,
            "state": state,
            "error": error,
            "readAt": row.read_at,
        }))?)
    }

    /// Whether a state of it was printed.
    fn is_printed(&self, id: &MessageId) -> bool {
        self.printed.iter().any(|(printed, _)| printed == id)
    }

    /// Whether this state was not the last one printed; remembers it.
    fn is_news(&mut self, id: &MessageId, state: MessageState) -> bool {
        if self
            .printed
            .iter()
            .any(|(printed, last)| printed == id && *last == state)
        {
            return false;
        }
        // The others change no more, or only by an event that names the message.
        if matches!(
            state,
            MessageState::Queued | MessageState::Sending | MessageState::NotSynced
        ) {
            self.pending.insert(id.clone());
        } else {
            self.pending.remove(id);
        }
        self.printed.retain(|(printed, _)| printed != id);
        self.printed.push_back((id.clone(), state));
        if self.printed.len() > PRINTED {
            self.printed.pop_front();
        }
        true
    }
}

/// Commands that run beside the watching, each until its own end.
type Commands<'a> = FuturesUnordered<LocalBoxFuture<'a, ()>>;

/// Starts one line as a command of its own beside the watching.
fn start_command<'a>(commands: &mut Commands<'a>, app: &'a App, line: &str, output: Output) {
    if line.trim().is_empty() {
        return;
    }
    match parse_line(line) {
        Ok(command) => commands.push(Box::pin(async move {
            if let Err(failure) = session::run(app, command, output).await {
                print_error(output, &failure);
            }
        })),
        Err(message) => print_error(output, &Failure::usage(message)),
    }
}

fn print_error(output: Output, failure: &Failure) {
    let line = json!({ "event": "error", "error": failure.error, "message": failure.message });
    if output.line(&line).is_err() {
        output.failure(failure);
    }
}

#[derive(clap::Parser)]
#[command(no_binary_name = true, disable_help_flag = true)]
struct Line {
    #[command(subcommand)]
    command: SessionCommand,
}

fn parse_line(line: &str) -> Result<SessionCommand, String> {
    use clap::Parser as _;
    let words = shlex::split(line).ok_or("a quotation mark is not closed")?;
    Line::try_parse_from(words)
        .map(|line| line.command)
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "tests")]

    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_line_is_split_as_a_shell_does() {
        let command = parse_line("send --to 05ab --text 'two words' --wait none").expect("valid");
        let SessionCommand::Send(arguments) = command else {
            panic!("another command");
        };
        assert_eq!(arguments.text.as_deref(), Some("two words"));
    }

    #[test]
    fn files_are_sent_without_a_text_and_nothing_at_all_is_not() {
        let command = parse_line("send --to 05ab --file 'a b.txt' c.png").expect("valid");
        let SessionCommand::Send(arguments) = command else {
            panic!("another command");
        };
        assert_eq!(arguments.file, [PathBuf::from("a b.txt"), PathBuf::from("c.png")]);
        assert!(parse_line("send --to 05ab").is_err());
    }

    #[test]
    fn a_line_that_is_no_command_is_an_error() {
        assert!(parse_line("dance").is_err());
        assert!(parse_line("send --to 'open").is_err());
    }
}
