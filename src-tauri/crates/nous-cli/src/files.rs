//! Messages with files: sent, fetched, told of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf, absolute};

use nous_api::ids::MessageId;
use nous_api::requests::SendMessageRequest;
use nous_api::rows::{AttachmentRow, AttachmentState, MessageRow, StagedFileRow};
use nous_api::{App, ErrorCode, attachments, messages, subscriptions};
use serde_json::{Value, json};

use crate::arguments::{DownloadArguments, SendArguments};
use crate::exit::{ExitCode, Failure};
use crate::output::Output;
use crate::session;

/// Of how many files the last state is remembered.
const TOLD: usize = 20_000;

/// Writes a message, or as many as its files need, and waits for each.
pub(crate) async fn send(app: &App, arguments: SendArguments, output: Output) -> Result<(), Failure> {
    let SendArguments {
        to,
        text,
        file,
        as_file,
        quote,
        wait,
        timeout,
    } = arguments;
    let conversation = session::opened(app, &to).await?;
    let staged = stage(app, file, as_file).await?;
    let request = SendMessageRequest {
        conversation,
        body: text.unwrap_or_default(),
        client_token: session::client_token(),
        quote: quote.map(MessageId),
        attachments: staged.iter().map(|row| row.id.clone()).collect(),
        preview: None,
    };
    let written = match messages::send_message(app, request).await {
        Ok(rows) => rows,
        Err(error) => {
            discard(app, &staged).await?;
            return Err(error.into());
        }
    };
    let mut failure = None;
    // Whatever happens to one of them, each is told: it is queued.
    for row in written {
        let waited = session::wait_for_state(app, row.id, wait, timeout, output).await;
        if let Err(late) = waited {
            failure.get_or_insert(late);
        }
    }
    failure.map_or(Ok(()), Err)
}

/// `as_it_is`: pictures keep their metadata.
async fn stage(app: &App, files: Vec<PathBuf>, as_it_is: bool) -> Result<Vec<StagedFileRow>, Failure> {
    let mut staged = Vec::with_capacity(files.len());
    for file in files {
        let taken = attachments::stage_path(app, None, absolute(&file)?, as_it_is).await;
        match taken {
            Ok(row) => staged.push(row),
            Err(error) => {
                discard(app, &staged).await?;
                let failure = Failure::from(error);
                let message = format!("{}: {}", file.display(), failure.message);
                let message = if !as_it_is && goes_as_it_is(failure.error) {
                    format!("{message} With --as-file it goes as it is.")
                } else {
                    message
                };
                return Err(Failure { message, ..failure });
            }
        }
    }
    Ok(staged)
}

/// Whether a picture that was refused for this can only go as it is.
const fn goes_as_it_is(error: Option<ErrorCode>) -> bool {
    matches!(
        error,
        Some(ErrorCode::PictureUnknown | ErrorCode::PictureDamaged | ErrorCode::PictureTooManyPixels)
    )
}

async fn discard(app: &App, staged: &[StagedFileRow]) -> Result<(), Failure> {
    for row in staged {
        attachments::discard_staged_file(app, row.id.clone(), None).await?;
    }
    Ok(())
}

/// Fetches the files of a message, and saves them.
pub(crate) async fn download(app: &App, arguments: DownloadArguments, output: Output) -> Result<(), Failure> {
    let DownloadArguments {
        message,
        index,
        to,
        timeout,
    } = arguments;
    let (id, folder) = (MessageId(message), absolute(&to)?);
    let row = session::message(app, &id).await?;
    let asked: Vec<u32> = row
        .attachments
        .iter()
        .map(|file| file.index)
        .filter(|place| index.is_none_or(|index| index == *place))
        .collect();
    if asked.is_empty() {
        return Err(nous_api::ApiError::new(ErrorCode::FileGone).into());
    }
    let fetch = async {
        for place in asked {
            let line = fetched(app, &id, place, &folder).await?;
            output.line(&line)?;
        }
        Ok::<(), Failure>(())
    };
    match tokio::time::timeout(timeout, fetch).await {
        Ok(done) => done,
        Err(_) => Err(Failure::timed_out(
            "Not in time. The file is fetched with the next command that delivers.",
        )),
    }
}

/// Saves a file, after fetching it if it is not here.
async fn fetched(app: &App, id: &MessageId, index: u32, folder: &Path) -> Result<Value, Failure> {
    let save = || attachments::save_attachment(app, id.clone(), index, Some(folder.to_owned()));
    let saved = match save().await {
        Err(error) if error.code == ErrorCode::FileNotHere => {
            let events = app.subscribe();
            attachments::download_attachment(app, id.clone(), index).await?;
            until_here(app, id, index, events).await?;
            save().await?
        }
        saved => saved?,
    };
    let path = Path::new(&saved.folder).join(&saved.name);
    Ok(json!({
        "messageId": id,
        "index": index,
        "path": path.to_string_lossy(),
        "sizeBytes": saved.size_bytes,
    }))
}

async fn until_here(
    app: &App,
    id: &MessageId,
    index: u32,
    mut events: nous_api::EventStream,
) -> Result<(), Failure> {
    loop {
        let row = session::message(app, id).await?;
        let file = row.attachments.into_iter().find(|file| file.index == index);
        let Some(file) = file else {
            return Err(nous_api::ApiError::new(ErrorCode::FileGone).into());
        };
        match file.state {
            AttachmentState::Local => return Ok(()),
            AttachmentState::Failed | AttachmentState::Expired | AttachmentState::Remote => {
                return Err(not_fetched(file));
            }
            _ => {}
        }
        let Some(batch) = events.next().await else {
            return Err(Failure::timed_out("The profile was closed."));
        };
        subscriptions::ack_events(app, batch.seq).await?;
    }
}

fn not_fetched(file: AttachmentRow) -> Failure {
    match file.error {
        Some(error) => Failure {
            code: ExitCode::Refused,
            ..error.into()
        },
        None => Failure::new(ExitCode::Refused, "The file was not fetched."),
    }
}

/// The files of a message, as its line tells of them.
pub(crate) fn lines(row: &MessageRow) -> Vec<Value> {
    let files = row.attachments.iter().map(|file| {
        json!({
            "index": file.index,
            "name": file.name,
            "sizeBytes": file.size_bytes,
            "contentType": file.content_type,
            "state": file.state,
        })
    });
    files.collect()
}

/// The states of files that were told last.
#[derive(Debug, Default)]
pub(crate) struct Told(BTreeMap<(MessageId, u32), AttachmentState>);

impl Told {
    /// The states of a message's files were told with it.
    pub(crate) fn note(&mut self, row: &MessageRow) {
        for file in &row.attachments {
            self.is_news(&row.id, file);
        }
    }

    /// Prints the files whose state is another than the one that was told last.
    pub(crate) fn print(&mut self, row: &MessageRow, output: Output) -> Result<(), Failure> {
        for file in &row.attachments {
            if !self.is_news(&row.id, file) {
                continue;
            }
            output.line(&json!({
                "event": "attachment",
                "messageId": row.id,
                "index": file.index,
                "state": file.state,
                "error": file.error.as_ref().map(|error| error.code),
            }))?;
        }
        Ok(())
    }

    /// Whether the states of its files were told, or noted.
    pub(crate) fn knows(&self, row: &MessageRow) -> bool {
        row.attachments
            .iter()
            .all(|file| self.0.contains_key(&(row.id.clone(), file.index)))
    }

    fn is_news(&mut self, id: &MessageId, file: &AttachmentRow) -> bool {
        if self.0.len() >= TOLD {
            self.0.pop_first();
        }
        self.0.insert((id.clone(), file.index), file.state) != Some(file.state)
    }
}
