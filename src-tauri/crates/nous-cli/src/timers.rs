//! `timer set`.

use nous_api::rows::{Timer, TimerKind};
use nous_api::{App, timers};
use serde_json::json;

use crate::arguments::{TimerCommand, TimerMode};
use crate::exit::Failure;
use crate::output::Output;
use crate::session::conversation_id;

/// Sets how long messages of a conversation stay, and prints it.
pub(crate) async fn run(app: &App, command: TimerCommand, output: Output) -> Result<(), Failure> {
    let TimerCommand::Set { with, mode, seconds } = command;
    let kind = match mode {
        TimerMode::Off => TimerKind::Off,
        TimerMode::AfterRead => TimerKind::AfterRead,
        TimerMode::AfterSend => TimerKind::AfterSend,
    };
    let seconds = seconds.filter(|_| kind != TimerKind::Off).unwrap_or(0);
    let offered = timers::offered_times(kind);
    if kind != TimerKind::Off && !offered.contains(&seconds) {
        return Err(Failure::usage(format!("Possible times: {offered:?} seconds.")));
    }
    let conversation = conversation_id(app, &with).await?;
    timers::set_timer(app, conversation.clone(), Timer { kind, seconds }).await?;
    Ok(output.line(&json!({ "conversation": conversation, "kind": kind, "seconds": seconds }))?)
}
