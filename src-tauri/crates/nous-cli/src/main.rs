//! Entre Nous without a window: one sub-command per function of the contract.
//!
//! **Rule of the crate**: no logic of its own. Results are one object per line
//! (`--json`), exit codes are stable: 0 done, 2 usage, 3 offline or timed out,
//! 4 refused, 5 locked or wrong password, 6 profile in use, 1 anything else.

mod account;
mod acts;
mod arguments;
mod bench_profile;
mod changes;
mod contacts;
mod directory;
mod exit;
mod export;
mod files;
mod gone;
mod groups;
mod known;
mod leaving;
mod localnet;
mod output;
mod pages;
mod profile;
mod reactions;
mod requests;
mod session;
mod settings;
mod timers;
mod watch;

use std::path::Path;
use std::process;
use std::time::Duration;

use clap::CommandFactory as _;
use nous_api::rows::Stage;
use nous_api::{ApiError, App, AppOptions, ErrorCode, NetworkConfig, Password, boot};
use zeroize::Zeroizing;

use crate::arguments::{Arguments, Command, Common};
use crate::exit::{ExitCode, Failure};
use crate::output::Output;

/// How long threads that are still busy are waited for at the end.
const ENDING: Duration = Duration::from_millis(500);

fn main() -> process::ExitCode {
    let arguments = Arguments::from_command_line();
    let output = Output::new(arguments.common.json);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            output.failure(&error.into());
            return process::ExitCode::from(ExitCode::Other as u8);
        }
    };
    let result = runtime.block_on(Box::pin(run(arguments, output)));
    // Threads that still close a database must not meet the process's own end. Reading standard
    // input may block one for ever: nobody waits for that.
    runtime.shutdown_timeout(ENDING);
    match result {
        Ok(()) => process::ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            process::ExitCode::from(failure.code as u8)
        }
    }
}

async fn run(arguments: Arguments, output: Output) -> Result<(), Failure> {
    let Arguments { common, command } = arguments;
    match command {
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut Arguments::command(),
                "nous-cli",
                &mut std::io::stdout(),
            );
            Ok(())
        }
        Command::ServeLocalnet(arguments) => localnet::serve(arguments, output).await,
        Command::BenchProfile(arguments) => {
            let options = AppOptions {
                profile_dir: Some(bench_profile::free_folder(&arguments)?),
                is_polling: false,
                ..options(&common)?
            };
            with_app(options, async |app| {
                bench_profile::run(app, &arguments, output).await
            })
            .await
        }
        Command::Account(command) => {
            let password = password(&common)?;
            // Only a restore needs the network.
            let is_polling = matches!(command, arguments::AccountCommand::Restore { .. });
            let options = AppOptions {
                is_polling,
                ..options(&common)?
            };
            with_app(options, async |app| {
                account::run(app, command, password, output).await
            })
            .await
        }
        Command::Directory(command) => {
            let options = AppOptions {
                is_polling: false,
                ..options(&common)?
            };
            with_app(options, async |app| {
                require_account(app).await?;
                directory::run(app, command, output).await
            })
            .await
        }
        Command::Profile(command) => {
            let options = AppOptions {
                is_polling: false,
                ..options(&common)?
            };
            with_app(options, async |app| {
                require_account(app).await?;
                profile::run(app, command, output).await
            })
            .await
        }
        Command::Session(command) => {
            let options = AppOptions {
                is_polling: command.needs_engine(),
                ..options(&common)?
            };
            with_app(options, async |app| {
                require_account(app).await?;
                session::run(app, command, output).await
            })
            .await
        }
        Command::Watch(arguments) => {
            let known = watch::prepare(options(&common)?, arguments.from_start).await?;
            with_app(options(&common)?, async |app| {
                require_account(app).await?;
                watch::run(app, &arguments, known, output).await
            })
            .await
        }
    }
}

/// Opens the profile, does the work, and closes the profile whatever came of it.
async fn with_app(
    options: AppOptions,
    work: impl AsyncFnOnce(&App) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let app = App::open(options).await?;
    let result = match usable(&app).await {
        Ok(()) => work(&app).await,
        Err(failure) => Err(failure),
    };
    app.shutdown().await;
    result
}

/// A locked, damaged or newer profile ends the command.
async fn usable(app: &App) -> Result<(), Failure> {
    match boot::get_boot_state(app).await?.stage {
        Stage::Locked => Err(ApiError::new(ErrorCode::Locked).into()),
        Stage::Damaged { file, .. } => {
            Err(ApiError::new(ErrorCode::ProfileDamaged).with("file", file).into())
        }
        Stage::Failed { error } => Err(error.into()),
        Stage::NoAccount | Stage::Ready | Stage::Deleting => Ok(()),
    }
}

async fn require_account(app: &App) -> Result<(), Failure> {
    match boot::get_boot_state(app).await?.stage {
        Stage::NoAccount => Err(ApiError::new(ErrorCode::NoAccount).into()),
        Stage::Deleting => Err(ApiError::new(ErrorCode::AccountBeingDeleted).into()),
        _ => Ok(()),
    }
}

fn options(common: &Common) -> Result<AppOptions, Failure> {
    Ok(AppOptions {
        profile_dir: common.profile.clone(),
        password: password(common)?.map(|text| Password::new(text.to_string())),
        lock_timeout: common.lock_timeout,
        country_of: iptocc::country_code,
        ..AppOptions::new(network(&common.network)?)
    })
}

fn network(name: &str) -> Result<NetworkConfig, Failure> {
    match name {
        "mainnet" => Ok(NetworkConfig::mainnet()),
        "testnet" => Ok(NetworkConfig::testnet()),
        file => {
            let text = std::fs::read_to_string(Path::new(file)).map_err(|error| {
                Failure::usage(format!("The network file {file} cannot be read: {error}"))
            })?;
            NetworkConfig::from_json(&text)
                .map_err(|error| Failure::usage(format!("The network file {file} is not valid: {error}")))
        }
    }
}

fn password(common: &Common) -> Result<Option<Zeroizing<String>>, Failure> {
    match &common.password_file {
        Some(file) => account::first_line(file).map(Some),
        None => Ok(std::env::var("ENTRE_NOUS_PASSWORD").ok().map(Zeroizing::new)),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    #[test]
    fn a_country_is_known_offline_and_this_machine_has_none() {
        let country = |ip: [u8; 4]| iptocc::country_code(Ipv4Addr::from(ip));
        // The first addresses of RIPE NCC, in the Netherlands.
        assert_eq!(country([193, 0, 0, 1]), Some("NL"));
        assert_eq!(country([127, 0, 0, 1]), None);
        assert_eq!(country([10, 0, 0, 1]), None);
    }
}
