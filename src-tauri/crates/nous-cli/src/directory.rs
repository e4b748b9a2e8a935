//! `directory …`: lists of account IDs that people publish, kept on this device.

use std::io::Read as _;
use std::path::Path;

use nous_api::events::{AppEvent, JobState};
use nous_api::requests::{
    DirectoryFormat, ExportDirectoryRequest, ListDirectoryRequest, WriteDirectoryImportRequest,
};
use nous_api::rows::{BadLineRow, DirectoryImport, DirectoryRow, ImportStage};
use nous_api::{App, directory, ids::JobId, subscriptions};
use serde_json::{Value, json};

use crate::arguments::DirectoryCommand;
use crate::exit::{ExitCode, Failure, sentence};
use crate::output::Output;
use crate::pages::{self, PAGE};

/// Carries out one of the directory's commands.
pub(crate) async fn run(app: &App, command: DirectoryCommand, output: Output) -> Result<(), Failure> {
    match command {
        DirectoryCommand::Import { file, replace } => import(app, &file, replace, output).await,
        DirectoryCommand::Export { csv } => export(app, csv.as_deref(), output).await,
        DirectoryCommand::List { search } => list(app, search.unwrap_or_default(), output).await,
    }
}

fn entry_line(row: &DirectoryRow) -> Value {
    json!({ "accountId": row.account_id, "name": row.name, "note": row.note })
}

async fn list(app: &App, search: String, output: Output) -> Result<(), Failure> {
    let fetch = async |cursor| {
        let request = ListDirectoryRequest {
            cursor,
            limit: PAGE,
            search: search.clone(),
        };
        let page = directory::list_directory(app, request).await?;
        Ok((page.rows, page.next))
    };
    pages::each(fetch, |rows| {
        rows.iter().try_for_each(|row| Ok(output.line(&entry_line(row))?))
    })
    .await
}

async fn import(app: &App, file: &Path, replaces: bool, output: Output) -> Result<(), Failure> {
    let list = read(file)?;
    let mut events = app.subscribe();
    let job = directory::start_directory_import(app, list).await?;
    let list = finished(app, &mut events, &job).await?;
    for bad in &list.bad_lines {
        output.line(&bad_line(bad))?;
    }
    let request = WriteDirectoryImportRequest {
        job: job.clone(),
        replaces,
    };
    directory::write_directory_import(app, request).await?;
    let written = finished(app, &mut events, &job).await?;
    let line = json!({
        "added": written.written.added, "changed": written.written.changed, "kept": written.written.kept,
        "duplicates": written.duplicates, "bad": written.bad_count,
    });
    Ok(output.line(&line)?)
}

fn bad_line(bad: &BadLineRow) -> Value {
    json!({ "line": bad.line, "error": bad.reason.code, "message": sentence(&bad.reason) })
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    if file == Path::new("-") {
        let mut list = Vec::new();
        std::io::stdin().lock().read_to_end(&mut list)?;
        return Ok(list);
    }
    std::fs::read(file).map_err(|error| Failure::usage(format!("{} cannot be read: {error}", file.display())))
}

/// Waits until one part of an import has ended.
async fn finished(
    app: &App,
    events: &mut nous_api::EventStream,
    job: &JobId,
) -> Result<DirectoryImport, Failure> {
    loop {
        let Some(batch) = events.next().await else {
            return Err(Failure::new(
                ExitCode::Other,
                "The import ended without a result.",
            ));
        };
        let has_ended = batch.events.iter().any(|event| {
            matches!(event, AppEvent::JobProgress { job: of, state: JobState::Done { .. }, .. } if of == job)
        });
        subscriptions::ack_events(app, batch.seq).await?;
        if has_ended {
            let import = directory::get_directory_import(app, job.clone()).await?;
            return match import.stage {
                ImportStage::Failed { error } => Err(error.into()),
                _ => Ok(import),
            };
        }
    }
}

async fn export(app: &App, csv: Option<&Path>, output: Output) -> Result<(), Failure> {
    let Some(file) = csv else {
        return list(app, String::new(), output).await;
    };
    let request = ExportDirectoryRequest {
        accounts: None,
        format: DirectoryFormat::Csv,
        language: String::new(),
        title: String::new(),
        warning: String::new(),
    };
    let bytes = directory::export_directory(app, &request).await?;
    std::fs::write(file, &bytes)
        .map_err(|error| Failure::usage(format!("{} cannot be written: {error}", file.display())))?;
    Ok(output.line(&json!({ "file": file.display().to_string(), "bytes": bytes.len() }))?)
}
