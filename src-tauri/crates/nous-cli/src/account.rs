//! `account …`: make, restore, show and protect the account.

use std::io::Read as _;
use std::path::Path;

use nous_api::events::{AppEvent, JobState};
use nous_api::requests::{
    CreateAccountRequest, DeleteAccountRequest, RestoreAccountRequest, SetPasswordRequest,
};
use nous_api::{App, account, boot, subscriptions};
use serde_json::json;
use zeroize::Zeroizing;

use crate::arguments::{AccountCommand, PasswordCommand};
use crate::exit::{ExitCode, Failure};
use crate::leaving;
use crate::output::Output;

/// Carries out one of the account commands. `password`: the present one, as given.
pub(crate) async fn run(
    app: &App,
    command: AccountCommand,
    password: Option<Zeroizing<String>>,
    output: Output,
) -> Result<(), Failure> {
    match command {
        AccountCommand::Create { name } => {
            let row = boot::create_account(app, CreateAccountRequest { display_name: name }).await?;
            let phrase = account::get_recovery_phrase(app, text(password)).await?;
            Ok(output.line(&json!({ "accountId": row.account_id, "recoveryPhrase": phrase.words }))?)
        }
        AccountCommand::Restore { phrase_file, name } => restore(app, &phrase_file, name, output).await,
        AccountCommand::Show => {
            let row = account::get_account(app).await?;
            let line = json!({
                "accountId": row.account_id, "displayName": row.display_name, "protection": row.protection,
            });
            Ok(output.line(&line)?)
        }
        AccountCommand::Phrase => {
            let phrase = account::get_recovery_phrase(app, text(password)).await?;
            Ok(output.line(&json!({ "recoveryPhrase": phrase.words }))?)
        }
        AccountCommand::Delete { from_network } => {
            let request = DeleteAccountRequest {
                password: text(password),
                from_network,
            };
            leaving::run(app, request, output).await
        }
        AccountCommand::Password(command) => change_password(app, command, password, output).await,
    }
}

fn text(password: Option<Zeroizing<String>>) -> Option<String> {
    password.map(|password| password.to_string())
}

async fn change_password(
    app: &App,
    command: PasswordCommand,
    current: Option<Zeroizing<String>>,
    output: Output,
) -> Result<(), Failure> {
    let new = match command {
        PasswordCommand::Remove => None,
        PasswordCommand::Set {
            new_password_file: Some(file),
        } => Some(first_line(&file)?.to_string()),
        PasswordCommand::Set {
            new_password_file: None,
        } => {
            let mut typed = Zeroizing::new(String::new());
            std::io::stdin().read_to_string(&mut typed)?;
            Some(typed.lines().next().unwrap_or_default().to_owned())
        }
    };
    let row = account::set_password(
        app,
        SetPasswordRequest {
            current: text(current),
            new,
        },
    )
    .await?;
    Ok(output.line(&json!({ "accountId": row.account_id, "protection": row.protection }))?)
}

/// The first line of a file that holds a secret.
pub(crate) fn first_line(file: &Path) -> Result<Zeroizing<String>, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", file.display())))?;
    let text = Zeroizing::new(text);
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

async fn restore(app: &App, phrase_file: &Path, name: Option<String>, output: Output) -> Result<(), Failure> {
    let phrase = std::fs::read_to_string(phrase_file)
        .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", phrase_file.display())))?;
    let mut events = app.subscribe();
    let job = boot::start_restore(
        app,
        RestoreAccountRequest {
            phrase,
            display_name: name,
        },
    )
    .await?;
    while let Some(batch) = events.next().await {
        for event in &batch.events {
            match event {
                AppEvent::JobProgress {
                    job: done,
                    state:
                        JobState::Done {
                            needs_name,
                            continues,
                        },
                    ..
                } if *done == job => {
                    let row = account::get_account(app).await?;
                    let line = json!({
                        "accountId": row.account_id, "displayName": row.display_name,
                        "needsName": needs_name, "continues": continues,
                    });
                    return Ok(output.line(&line)?);
                }
                AppEvent::JobProgress {
                    job: failed,
                    state: JobState::Failed { error },
                    ..
                } if *failed == job => {
                    return Err(error.clone().into());
                }
                _ => {}
            }
        }
        subscriptions::ack_events(app, batch.seq).await?;
    }
    Err(Failure::new(
        ExitCode::Other,
        "The restore ended without a result.",
    ))
}
