//! A conversation as files that a person keeps.

use std::path::{Path, PathBuf};

use nous_client::client::{ExportStage as EngineStage, ExportState};
use nous_client::export::{EventWords, Format, Plan, Words};

use crate::app::App;
use crate::convert::conversation_of;
use crate::errors::{ApiError, ErrorCode};
use crate::files;
use crate::ids::JobId;
use crate::requests::{ExportConversationRequest, ExportEventWords, ExportFormat, ExportWords};
use crate::rows::{ExportRow, ExportStage, SavedFile};
use crate::settings::get_settings;

/// Begins to write a conversation into a new folder: pages to read, or a document for programs, and its
/// files that are on this device. Progress comes as events of the job, the result with [`get_export`];
/// `cancel_job` stops it. An earlier one is stopped.
///
/// `folder`: where the new folder is made; `None`: where files go that the person asks for.
///
/// # Errors
/// `ConversationNotFound` for an id that is none, `DiskReadOnly`, `NoAccount`.
pub async fn start_export(
    app: &App,
    request: ExportConversationRequest,
    folder: Option<PathBuf>,
) -> Result<JobId, ApiError> {
    let parent = folder.or_else(|| app.face.downloads_dir.clone());
    let plan = Plan {
        conversation: conversation_of(&request.conversation)?,
        format: match request.format {
            ExportFormat::Html => Format::Html,
            ExportFormat::Json => Format::Json,
        },
        parent: parent.ok_or_else(|| ApiError::new(ErrorCode::DiskReadOnly))?,
        name: files::plain(&request.words.title),
        words: words(request.words),
        with_member_names: get_settings(app).await?.member_names,
    };
    Ok(JobId(app.client.start_export(plan)?.to_string()))
}

/// How an export stands; `None` if another one was begun since, or the profile was closed.
///
/// # Errors
/// None today.
#[expect(clippy::unused_async, reason = "every function of the contract is async")]
pub async fn get_export(app: &App, job: JobId) -> Result<Option<ExportRow>, ApiError> {
    let state = job.0.parse().ok().and_then(|job| app.client.export_state(job));
    Ok(state.map(row))
}

fn words(words: ExportWords) -> Words {
    Words {
        language: words.language,
        title: words.title,
        lead: words.lead,
        you: words.you,
        deleted: words.deleted,
        deleted_here: words.deleted_here,
        unsupported: words.unsupported,
        accepted: words.accepted,
        timer: words.timer,
        media_saved: words.media_saved,
        quote_missing: words.quote_missing,
        quote_deleted: words.quote_deleted,
        file_missing: words.file_missing,
        earlier: words.earlier,
        later: words.later,
        left_out: words.left_out,
        events: event_words(words.events),
    }
}

fn event_words(words: ExportEventWords) -> EventWords {
    EventWords {
        created: words.created,
        invited: words.invited,
        joined: words.joined,
        added: words.added,
        removed: words.removed,
        promoted: words.promoted,
        left: words.left,
        named: words.named,
        named_unknown: words.named_unknown,
        picture: words.picture,
    }
}

fn row(state: ExportState) -> ExportRow {
    ExportRow {
        stage: stage(state.stage),
        done: state.progress.done,
        total: state.progress.total,
        files: state.progress.files,
        missing: state.progress.missing,
        left_out: state.progress.left_out,
    }
}

fn stage(stage: EngineStage) -> ExportStage {
    match stage {
        EngineStage::Running => ExportStage::Running,
        EngineStage::Done(folder) => ExportStage::Done {
            saved: saved(&folder),
        },
        EngineStage::Stopped => ExportStage::Stopped,
        EngineStage::Failed(error) => ExportStage::Failed { error: error.into() },
    }
}

fn saved(folder: &Path) -> SavedFile {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    let parent = folder
        .parent()
        .map(|parent| parent.to_string_lossy().into_owned());
    SavedFile {
        name: name.unwrap_or_default(),
        folder: parent.unwrap_or_default(),
    }
}
