//! `export`.

use std::path::{Path, absolute};

use nous_api::ids::{ConversationId, JobId};
use nous_api::requests::{ExportConversationRequest, ExportEventWords, ExportFormat, ExportWords};
use nous_api::rows::{ConversationKind, ExportRow, ExportStage};
use nous_api::{App, ErrorCode, boot, conversations, export as api, subscriptions};
use serde_json::json;

use crate::arguments::{ExportArguments, Form};
use crate::exit::{ExitCode, Failure};
use crate::output::Output;
use crate::session;

/// Writes a conversation into a new folder, and prints which.
pub(crate) async fn run(app: &App, arguments: ExportArguments, output: Output) -> Result<(), Failure> {
    let conversation = session::conversation_id(app, &arguments.with).await?;
    let title = title(app, &conversation).await?;
    let request = ExportConversationRequest {
        conversation: conversation.clone(),
        format: match arguments.format {
            Form::Html => ExportFormat::Html,
            Form::Json => ExportFormat::Json,
        },
        words: words(title),
    };
    let to = absolute(&arguments.to)?;
    let job = api::start_export(app, request, Some(to)).await?;
    let row = ended(app, job).await?;
    match row.stage {
        ExportStage::Done { saved } => {
            let path = Path::new(&saved.folder).join(&saved.name);
            Ok(output.line(&json!({
                "conversation": conversation,
                "path": path.to_string_lossy(),
                "messages": row.done.saturating_sub(row.left_out),
                "files": row.files,
                "missing": row.missing,
                "leftOut": row.left_out,
            }))?)
        }
        ExportStage::Failed { error } => Err(error.into()),
        ExportStage::Running | ExportStage::Stopped => Err(Failure::new(ExitCode::Other, "It was stopped.")),
    }
}

async fn title(app: &App, id: &ConversationId) -> Result<String, Failure> {
    let row = conversations::get_conversations(app, vec![id.clone()])
        .await?
        .pop();
    let row = row.ok_or_else(|| nous_api::ApiError::new(ErrorCode::ConversationNotFound))?;
    Ok(match row.kind {
        ConversationKind::NoteToSelf => "Note to Self".to_owned(),
        ConversationKind::Person | ConversationKind::Group => row.name.unwrap_or(row.account_id),
    })
}

/// Waits for the end; who interrupts it stops it.
async fn ended(app: &App, job: JobId) -> Result<ExportRow, Failure> {
    let mut events = app.subscribe();
    loop {
        let row = api::get_export(app, job.clone()).await?;
        let row = row.ok_or_else(|| Failure::new(ExitCode::Other, "It was stopped."))?;
        if row.stage != ExportStage::Running {
            return Ok(row);
        }
        tokio::select! {
            batch = events.next() => match batch {
                Some(batch) => subscriptions::ack_events(app, batch.seq).await?,
                None => return Ok(row),
            },
            _ = tokio::signal::ctrl_c() => boot::cancel_job(app, job.clone()).await?,
        }
    }
}

fn words(title: String) -> ExportWords {
    let text = |text: &str| text.to_owned();
    ExportWords {
        language: text("en"),
        title,
        lead: text("Written by Entre Nous on {date}"),
        you: text("You"),
        deleted: text("This message was deleted"),
        deleted_here: text("Deleted on this device"),
        unsupported: text("A message of a kind that this version does not know"),
        accepted: text("The request was accepted"),
        timer: text("Disappearing messages were set"),
        media_saved: text("A file was saved"),
        quote_missing: text("The original message is not here"),
        quote_deleted: text("The original message was deleted"),
        file_missing: text("Not on this device: {name}"),
        earlier: text("Earlier messages"),
        later: text("Later messages"),
        left_out: text("Disappearing messages that were left out: {count}"),
        events: ExportEventWords {
            created: text("The group was created"),
            invited: text("You were invited to the group"),
            joined: text("You joined the group"),
            added: text("Added: {people}"),
            removed: text("Removed: {people}"),
            promoted: text("New admins: {people}"),
            left: text("Left the group"),
            named: text("The group is called “{name}” now"),
            named_unknown: text("The name of the group was changed"),
            picture: text("The picture of the group was changed"),
        },
    }
}
