//! The directory of this device: account IDs that people publish, with names.
//!
//! It is never sent and never shared with other devices.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use nous_client::client::{ImportStage as EngineStage, ImportState};
use nous_client::directory::export::{self, MOST_PRINTED, PageTexts};
use nous_client::directory::{BadLine, Format, MAX_IMPORT_BYTES, MAX_NOTE_BYTES, Parsed, Reason};
use nous_client::protocol::account::{AccountId, ConversationId as With};
use nous_client::protocol::identity::{NameError, typed_name};
use nous_client::storage::directory::{Entry, Merged, Place, Winner};

use crate::app::App;
use crate::convert::unexpected;
use crate::errors::{ApiError, ErrorCode};
use crate::files::{self, read_dropped};
use crate::ids::{Cursor, JobId, PictureId};
use crate::requests::{
    DirectoryFormat, ExportDirectoryRequest, ListDirectoryRequest, SaveDirectoryEntryRequest,
    WriteDirectoryImportRequest,
};
use crate::rows::{
    BadLineRow, DirectoryImport, DirectoryPage, DirectoryRow, ImportFormat, ImportStage, MergedCounts,
    SavedFile,
};

/// The most rows of a page.
const MOST_ROWS: u32 = 100;
/// Entries of a list that are shown before it is written.
const PREVIEWED: usize = 50;

/// A page of the directory.
///
/// # Errors
/// What the database said.
pub async fn list_directory(app: &App, request: ListDirectoryRequest) -> Result<DirectoryPage, ApiError> {
    let after = request.cursor.as_ref().map(place).transpose()?;
    let limit = request.limit.clamp(1, MOST_ROWS);
    let (entries, total) = app.client.directory(after, request.search, limit).await?;
    let is_full = u32::try_from(entries.len()).is_ok_and(|count| count == limit);
    let next = entries
        .last()
        .filter(|_| is_full)
        .map(|last| cursor(&last.place()));
    Ok(DirectoryPage {
        rows: rows(app, entries).await?,
        next,
        total,
    })
}

/// The entry of an account; `None` if there is none.
///
/// # Errors
/// `NotAnAccountId`, or what the database said.
pub async fn get_directory_entry(app: &App, account_id: String) -> Result<Option<DirectoryRow>, ApiError> {
    let found = app.client.directory_entry(account(&account_id)?).await?;
    Ok(rows(app, found.into_iter().collect()).await?.pop())
}

/// Writes an entry, new or known, as a person typed it.
///
/// # Errors
/// `NotAnAccountId`, `OwnAccountId`, `NameTooLong`, `NoteTooLong`, or what the database said.
pub async fn save_directory_entry(
    app: &App,
    request: SaveDirectoryEntryRequest,
) -> Result<DirectoryRow, ApiError> {
    let account = account(&request.account_id)?;
    if app.client.own_id()? == account {
        return Err(ApiError::new(ErrorCode::OwnAccountId));
    }
    let name = match typed_name(&request.name) {
        // An entry may be an ID and nothing else.
        Err(NameError::Empty) => String::new(),
        name => name?,
    };
    let note = request.note.trim();
    if note.len() > MAX_NOTE_BYTES {
        return Err(ApiError::new(ErrorCode::NoteTooLong).with("bytes", note.len()));
    }
    let note = note.to_owned();
    let entry = Entry { account, name, note };
    let saved = app.client.save_directory_entry(entry).await?;
    let picture = app.client.pictures_of(vec![saved.account.into()]).await?;
    Ok(row(saved, &picture))
}

/// Removes entries from the directory; people and conversations stay. Answers how many.
///
/// # Errors
/// `NotAnAccountId`, or what the database said.
pub async fn delete_directory_entries(app: &App, account_ids: Vec<String>) -> Result<u32, ApiError> {
    Ok(app
        .client
        .remove_directory_entries(accounts(&account_ids)?)
        .await?)
}

/// Gives a person the name of the directory as nickname.
///
/// # Errors
/// `NotAnAccountId`, `DirectoryEntryNotFound` without a name, or what the database said.
pub async fn set_directory_nickname(app: &App, account_id: String) -> Result<(), ApiError> {
    Ok(app.client.adopt_directory_name(account(&account_id)?).await?)
}

/// Begins to read a list: a file's bytes, or a pasted text in UTF-8. Nothing is written before
/// [`write_directory_import`]. Progress comes as events of the job, the result with
/// [`get_directory_import`]; `cancel_job` stops it. An earlier list is given up.
///
/// # Errors
/// `FileTooLarge`, or `NoAccount`.
#[expect(clippy::unused_async, reason = "every function of the contract is async")]
pub async fn start_directory_import(app: &App, list: Vec<u8>) -> Result<JobId, ApiError> {
    Ok(JobId(app.client.start_import(list)?.to_string()))
}

/// The same with the file that was dropped.
///
/// # Errors
/// `SeveralFiles`, `FileIsFolder`, `FileUnreadable`, `FileTooLarge`, or `NoAccount`.
pub async fn start_dropped_import(app: &App, files: Vec<PathBuf>) -> Result<JobId, ApiError> {
    let list = read_dropped(files, MAX_IMPORT_BYTES).await?;
    start_directory_import(app, list).await
}

/// How far an import is, and what its list holds.
///
/// # Errors
/// `DirectoryImportNotFound` if it was given up.
#[expect(clippy::unused_async, reason = "every function of the contract is async")]
pub async fn get_directory_import(app: &App, job: JobId) -> Result<DirectoryImport, ApiError> {
    let state = job_number(&job).and_then(|job| app.client.import_state(job));
    state
        .map(import_row)
        .ok_or_else(|| ApiError::new(ErrorCode::DirectoryImportNotFound))
}

/// Begins to write a list that was read, under the same job. What was written stays if it is
/// stopped; the same list can be imported again.
///
/// # Errors
/// `DirectoryImportNotFound` if there is no list that is ready.
#[expect(clippy::unused_async, reason = "every function of the contract is async")]
pub async fn write_directory_import(app: &App, request: WriteDirectoryImportRequest) -> Result<(), ApiError> {
    let winner = if request.replaces {
        Winner::New
    } else {
        Winner::Known
    };
    let not_found = || ApiError::new(ErrorCode::DirectoryImportNotFound);
    let job = job_number(&request.job).ok_or_else(not_found)?;
    app.client.write_import(job, winner).map_err(|error| match error {
        nous_client::ClientError::NoEntry => not_found(),
        other => other.into(),
    })
}

/// Gives up a list that was read.
///
/// # Errors
/// None today.
#[expect(clippy::unused_async, reason = "every function of the contract is async")]
pub async fn discard_directory_import(app: &App, job: JobId) -> Result<(), ApiError> {
    if let Some(job) = job_number(&job) {
        app.client.discard_import(job);
    }
    Ok(())
}

/// Entries of the directory as the bytes of a file.
///
/// # Errors
/// `TooManyToPrint` with `args.limit`, `NotAnAccountId`, or what the database said.
pub async fn export_directory(app: &App, request: &ExportDirectoryRequest) -> Result<Vec<u8>, ApiError> {
    let chosen = request.accounts.as_deref().map(accounts).transpose()?;
    let entries = app.client.directory_entries(chosen).await?;
    match request.format {
        DirectoryFormat::Csv => Ok(export::csv(&entries)),
        DirectoryFormat::Page if entries.len() > MOST_PRINTED => {
            Err(ApiError::new(ErrorCode::TooManyToPrint).with("limit", MOST_PRINTED))
        }
        DirectoryFormat::Page => {
            let texts = PageTexts {
                language: request.language.clone(),
                title: request.title.clone(),
                warning: request.warning.clone(),
            };
            Ok(export::page(&entries, &texts).into_bytes())
        }
    }
}

/// Entries of the directory as a new file in the person's folder for downloads.
///
/// # Errors
/// As [`export_directory`], or what the disk said.
pub async fn save_directory_export(
    app: &App,
    request: ExportDirectoryRequest,
) -> Result<SavedFile, ApiError> {
    let bytes = export_directory(app, &request).await?;
    let ending = match request.format {
        DirectoryFormat::Csv => "csv",
        DirectoryFormat::Page => "html",
    };
    files::save(app, &request.title, ending, bytes).await
}

fn account(id: &str) -> Result<AccountId, ApiError> {
    AccountId::from_hex(id).map_err(|_| ApiError::new(ErrorCode::NotAnAccountId))
}

fn accounts(ids: &[String]) -> Result<Vec<AccountId>, ApiError> {
    ids.iter().map(|id| account(id)).collect()
}

fn job_number(job: &JobId) -> Option<u64> {
    job.0.parse().ok()
}

/// With the pictures of those who are contacts too.
async fn rows(app: &App, entries: Vec<Entry>) -> Result<Vec<DirectoryRow>, ApiError> {
    let ids = entries.iter().map(|entry| entry.account.into()).collect();
    let pictures = app.client.pictures_of(ids).await?;
    Ok(entries.into_iter().map(|entry| row(entry, &pictures)).collect())
}

fn row(entry: Entry, pictures: &BTreeMap<With, String>) -> DirectoryRow {
    DirectoryRow {
        picture: pictures.get(&entry.account.into()).cloned().map(PictureId),
        account_id: entry.account.to_string(),
        name: Some(entry.name).filter(|name| !name.is_empty()),
        note: entry.note,
    }
}

/// The account, then what names are sorted by.
fn cursor(place: &Place) -> Cursor {
    Cursor(format!("{}{}", place.account, place.sort_key))
}

fn place(cursor: &Cursor) -> Result<Place, ApiError> {
    let parts = cursor.0.split_at_checked(66);
    let place = parts.and_then(|(id, sort_key)| {
        Some(Place {
            sort_key: sort_key.to_owned(),
            account: AccountId::from_hex(id).ok()?,
        })
    });
    place.ok_or_else(|| unexpected(&"a cursor that is none"))
}

const fn counts(merged: Merged) -> MergedCounts {
    MergedCounts {
        added: merged.added,
        changed: merged.changed,
        kept: merged.kept,
    }
}

fn import_row(state: ImportState) -> DirectoryImport {
    let parsed: Option<&Parsed> = state.parsed.as_ref().map(Arc::as_ref);
    let entries = parsed.map_or(&[][..], |parsed| &parsed.entries);
    let bad = parsed.map_or(&[][..], |parsed| &parsed.bad);
    DirectoryImport {
        format: parsed.map(|parsed| format(parsed.format)),
        entries: u32::try_from(entries.len()).unwrap_or(u32::MAX),
        duplicates: parsed.map_or(0, |parsed| parsed.duplicates),
        preview: entries
            .iter()
            .take(PREVIEWED)
            .cloned()
            .map(|entry| row(entry, &BTreeMap::new()))
            .collect(),
        bad_lines: bad.iter().map(bad_line).collect(),
        bad_count: parsed.map_or(0, |parsed| parsed.bad_count),
        stage: stage(state.stage),
        done: state.done,
        total: state.total,
        keeping: counts(state.keeping),
        replacing: counts(state.replacing),
        written: counts(state.written),
    }
}

fn stage(stage: EngineStage) -> ImportStage {
    match stage {
        EngineStage::Reading => ImportStage::Reading,
        EngineStage::Ready => ImportStage::Ready,
        EngineStage::Writing => ImportStage::Writing,
        EngineStage::Done => ImportStage::Done,
        EngineStage::Stopped => ImportStage::Stopped,
        EngineStage::Failed(error) => ImportStage::Failed { error: error.into() },
    }
}

const fn format(format: Format) -> ImportFormat {
    match format {
        Format::Text => ImportFormat::Text,
        Format::Table => ImportFormat::Table,
        Format::VCard => ImportFormat::VCard,
    }
}

fn bad_line(bad: &BadLine) -> BadLineRow {
    let reason = match &bad.reason {
        Reason::NoId => ApiError::new(ErrorCode::NotAnAccountId),
        Reason::WrongDigit(place, found) => ApiError::new(ErrorCode::AccountIdMistyped)
            .with("position", place)
            .with("character", found),
        Reason::Length(length) => ApiError::new(ErrorCode::AccountIdMistyped).with("length", length),
        Reason::Group => ApiError::new(ErrorCode::GroupId),
        Reason::Blinded => ApiError::new(ErrorCode::BlindedId),
        Reason::Own => ApiError::new(ErrorCode::OwnAccountId),
    };
    BadLineRow {
        line: bad.line,
        reason,
        excerpt: bad.excerpt.clone(),
    }
}
