//! `bench-profile`: a profile with a long made-up history.

use std::io;
use std::path::PathBuf;

use nous_api::sample::{self, SampleRequest};
use nous_api::{ApiError, App, ErrorCode};
use serde_json::json;

use crate::arguments::BenchProfileArguments;
use crate::exit::Failure;
use crate::output::Output;

/// The folder, if nothing is in it: what somebody has is never mixed with what is made up.
pub(crate) fn free_folder(arguments: &BenchProfileArguments) -> Result<PathBuf, Failure> {
    let dir = &arguments.dir;
    let is_free = match std::fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => {
            return Err(Failure::usage(format!(
                "{} cannot be read: {error}",
                dir.display()
            )));
        }
    };
    if is_free {
        Ok(dir.clone())
    } else {
        Err(Failure {
            message: format!("{} is not empty: give a new folder.", dir.display()),
            ..ApiError::new(ErrorCode::AccountExists).into()
        })
    }
}

/// Makes the history and says what there is.
pub(crate) async fn run(app: &App, arguments: &BenchProfileArguments, output: Output) -> Result<(), Failure> {
    let request = SampleRequest {
        conversations: arguments.conversations,
        messages: arguments.messages,
        pictures: arguments.pictures,
    };
    let made = sample::fill(app, request).await?;
    let line = json!({
        "profile": arguments.dir,
        "accountId": made.account_id,
        "conversations": made.conversations,
        "messages": made.messages,
        "unread": made.unread,
        "longest": made.longest,
        "longestMessages": arguments.messages,
    });
    Ok(output.line(&line)?)
}
