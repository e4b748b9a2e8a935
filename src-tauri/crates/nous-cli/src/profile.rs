//! `profile …`: what others see of the account.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use nous_api::requests::SetPictureRequest;
use nous_api::rows::AccountRow;
use nous_api::{App, account, pictures};
use serde_json::json;

use crate::exit::Failure;
use crate::output::Output;

/// What to do with the profile.
#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Change the name or the picture that others see
    Set {
        /// The display name
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// A JPEG, PNG, WebP or GIF; its middle is used
        #[arg(long, value_name = "FILE", conflicts_with = "no_picture")]
        picture: Option<PathBuf>,
        /// Remove the picture
        #[arg(long)]
        no_picture: bool,
        /// Upload it and tell the own devices before ending; else with the next command that syncs
        #[arg(long)]
        sync: bool,
    },
    /// What others see
    Show,
}

/// Carries out one of the commands.
pub(crate) async fn run(app: &App, command: ProfileCommand, output: Output) -> Result<(), Failure> {
    let row = match command {
        ProfileCommand::Show => account::get_account(app).await?,
        ProfileCommand::Set {
            name,
            picture,
            no_picture,
            sync,
        } => {
            if name.is_none() && picture.is_none() && !no_picture {
                return Err(Failure::usage("Give --name, --picture or --no-picture."));
            }
            if let Some(file) = picture {
                set_picture(app, &file).await?;
            }
            if no_picture {
                pictures::remove_picture(app).await?;
            }
            if let Some(name) = name {
                account::set_display_name(app, name).await?;
            }
            if sync {
                app.poll_once().await?;
            }
            account::get_account(app).await?
        }
    };
    Ok(output.line(&line(&row))?)
}

async fn set_picture(app: &App, file: &Path) -> Result<(), Failure> {
    let bytes = std::fs::read(file)
        .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", file.display())))?;
    let staged = pictures::stage_picture(app, bytes).await?;
    let request = SetPictureRequest {
        staged: staged.id,
        crop: None,
    };
    pictures::set_picture(app, request).await?;
    Ok(())
}

fn line(row: &AccountRow) -> serde_json::Value {
    json!({
        "accountId": row.account_id, "displayName": row.display_name,
        "hasPicture": row.picture.is_some(), "pictureUpload": row.picture_upload,
    })
}
