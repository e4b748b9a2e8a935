//! Starting: unlock, create, restore.

use nous_client::Password;
use nous_client::client::Stage as EngineStage;
use nous_client::protocol::keys::IdentityKeys;
use nous_client::protocol::mnemonic::{self, WordCheck};

use crate::account::account_row;
use crate::app::App;
use crate::convert::{moment, open_failure, phrase_error, restore_error, word_of};
use crate::errors::ApiError;
use crate::ids::JobId;
use crate::requests::{CreateAccountRequest, RestoreAccountRequest};
use crate::rows::{AccountRow, BootState, PhraseCheck, PhraseWord, Stage};
use crate::settings::get_settings;

/// The most suggestions for a word.
const SUGGESTIONS: usize = 5;

/// How far the profile is, and what the first screen needs.
///
/// # Errors
/// What the database said.
pub async fn get_boot_state(app: &App) -> Result<BootState, ApiError> {
    let stage = match app.client.stage().await? {
        EngineStage::NoAccount => Stage::NoAccount,
        EngineStage::Locked => Stage::Locked,
        EngineStage::Ready => Stage::Ready,
        EngineStage::Deleting => Stage::Deleting,
        EngineStage::Damaged { file, backup_at } => Stage::Damaged {
            file,
            backup_at: backup_at.map(moment),
        },
        EngineStage::Failed(failure) => Stage::Failed {
            error: open_failure(failure),
        },
    };
    Ok(BootState {
        stage,
        settings: get_settings(app).await?,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        network: app.face.network_name.clone(),
        demo_contact: app.face.demo_contact.clone(),
        system_languages: app.face.system_languages.clone(),
    })
}

/// Opens a profile that is behind a password.
///
/// # Errors
/// `WrongPassword`; after five of them `TooManyTries` with the pause; what the disk said.
pub async fn unlock(app: &App, password: String) -> Result<(), ApiError> {
    Ok(app.client.unlock(Password::new(password)).await?)
}

/// Locks a profile that is behind a password; without one nothing happens.
///
/// # Errors
/// If the profile is not open.
pub async fn lock(app: &App) -> Result<(), ApiError> {
    app.client.lock().await?;
    Ok(())
}

/// Puts the newest good backup in the place of a damaged database, which is kept under
/// another name; without a backup an empty database.
///
/// # Errors
/// If nothing is damaged, or what the disk said.
pub async fn restore_backup(app: &App) -> Result<(), ApiError> {
    Ok(app.client.restore_backup().await?)
}

/// Makes an account in an empty profile. It is on the disk when this returns.
///
/// # Errors
/// `NameEmpty`, `NameTooLong`, `AccountExists`, or what the database said.
pub async fn create_account(app: &App, request: CreateAccountRequest) -> Result<AccountRow, ApiError> {
    let account = app
        .client
        .create_account(&request.display_name)
        .await
        .map_err(|error| restore_error(error, ""))?;
    account_row(app, account).await
}

/// Forgets an account that was just made, with everything that belongs to it.
///
/// # Errors
/// What the database said.
pub async fn discard_account(app: &App) -> Result<(), ApiError> {
    Ok(app.client.discard_account().await?)
}

/// Looks at a recovery phrase while it is typed.
///
/// # Errors
/// None today.
#[expect(clippy::unused_async, reason = "every function of the contract is async")]
pub async fn check_phrase(_app: &App, phrase: String) -> Result<PhraseCheck, ApiError> {
    let check = mnemonic::check(&phrase);
    let words = check.words.iter().enumerate().map(|(place, word)| {
        let suggestions = match word {
            WordCheck::Known => &[][..],
            WordCheck::Beginning(words) | WordCheck::Unknown(words) => words.as_slice(),
        };
        PhraseWord {
            text: word_of(&phrase, place),
            is_known: matches!(word, WordCheck::Known),
            suggestions: suggestions
                .iter()
                .take(SUGGESTIONS)
                .map(|word| (*word).to_owned())
                .collect(),
        }
    });
    let seed = mnemonic::decode(&phrase).ok();
    Ok(PhraseCheck {
        words: words.collect(),
        error: check
            .error
            .map(|error| phrase_error(error, |place| word_of(&phrase, place))),
        account_id: seed.map(|seed| IdentityKeys::from_seed(&seed).account_id().to_string()),
    })
}

/// Restores an account in the background. The account is on the disk when this returns;
/// its job ends when the swarm was read, or after 15 s.
///
/// # Errors
/// What is wrong with the phrase or the name, `AccountExists`, or what the database said.
pub async fn start_restore(app: &App, request: RestoreAccountRequest) -> Result<JobId, ApiError> {
    let RestoreAccountRequest { phrase, display_name } = request;
    let job = app.client.start_restore(&phrase, display_name.as_deref()).await;
    let job = job.map_err(|error| restore_error(error, &phrase))?;
    Ok(JobId(job.to_string()))
}

/// Stops a job; a restore that is stopped forgets its account. One that has ended is left
/// as it is.
///
/// # Errors
/// What the database said.
pub async fn cancel_job(app: &App, job: JobId) -> Result<(), ApiError> {
    match job.0.parse() {
        Ok(job) => Ok(app.client.cancel_job(job).await?),
        Err(_) => Ok(()),
    }
}
