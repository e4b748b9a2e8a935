//! From the options to a running app, and its end.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nous_api::{ApiError, App, AppOptions, ErrorCode, NetworkConfig, Password};
use tauri::{AppHandle, Manager, RunEvent};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::options::{Options, OptionsError};
use crate::shell::{Opened, Shell};
use crate::{bindings, clipboard, instance, logs, windows};

/// How long to wait for a profile that another process is just closing.
const LOCK_TAKES: Duration = Duration::from_secs(2);

/// What was found out before there is a window.
struct Start {
    profile: PathBuf,
    network: NetworkConfig,
    network_name: String,
    password_file: Option<PathBuf>,
}

/// This run of the app, as its end needs it.
struct Run {
    profile: PathBuf,
    /// Whether the profile's lock, and so its socket, is ours.
    is_holder: AtomicBool,
}

/// Runs the app until its window is closed. A second start for the same profile shows the
/// window of the first and ends at once.
#[must_use]
pub fn run(options: &Options) -> ExitCode {
    match prepare(options) {
        Ok(start) if instance::show_running(&start.profile) => ExitCode::SUCCESS,
        Ok(start) => show(start),
        Err(error) => {
            complain(&error);
            ExitCode::from(2)
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "an error in the command line belongs on the terminal"
)]
fn complain(error: &dyn std::error::Error) {
    eprintln!("entre-nous: {error}");
}

fn prepare(options: &Options) -> Result<Start, OptionsError> {
    Ok(Start {
        profile: options.profile_folder()?,
        network: options.network_config()?,
        network_name: options.network.clone(),
        password_file: options.password_file.clone(),
    })
}

/// Opens the window at once and the profile behind it: whatever is wrong with the profile is
/// said in the window.
fn show(start: Start) -> ExitCode {
    let _ = fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&start.profile);
    let _log = logs::start(&start.profile).ok();
    let (set_opened, opened) = watch::channel(None);
    let run = Run {
        profile: start.profile.clone(),
        is_holder: AtomicBool::new(false),
    };
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(windows::remember(&start.profile))
        .manage(Shell::new(opened, start.network_name.clone()))
        .manage(clipboard::CopiedSecret::default())
        .manage(run)
        .invoke_handler(bindings::builder().invoke_handler())
        .setup(move |app| {
            windows::open_main(app.handle(), &webview_folder(&start.profile))?;
            tauri::async_runtime::spawn(open_profile(app.handle().clone(), start, set_opened));
            tauri::async_runtime::spawn(end_on_signal(app.handle().clone()));
            Ok(())
        })
        .build(tauri::generate_context!("tauri.conf.json"));
    match built {
        Ok(app) => ended(app.run_return(on_event)),
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn ended(code: i32) -> ExitCode {
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

fn on_event(handle: &AppHandle, event: RunEvent) {
    if matches!(event, RunEvent::Exit) {
        let run = handle.state::<Run>();
        clipboard::forget_secret(handle);
        tauri::async_runtime::block_on(handle.state::<Shell>().close());
        if run.is_holder.load(Ordering::Acquire) {
            instance::forget(&run.profile);
        }
        windows::erase(&webview_folder(&run.profile));
        tracing::info!("ended");
    }
}

async fn open_profile(handle: AppHandle, start: Start, set_opened: watch::Sender<Opened>) {
    let profile = start.profile.clone();
    let result = open_app(start).await;
    match &result {
        Ok(_) => listen(&handle, &profile),
        // Two starts at once: the other one was faster.
        Err(error) if error.code == ErrorCode::ProfileInUse && instance::show_running(&profile) => {
            handle.exit(0);
        }
        Err(error) => tracing::warn!(code = ?error.code, "the profile did not open"),
    }
    set_opened.send_replace(Some(result));
}

/// Opens the profile. A wrong password in the file is no end: the window asks for it.
async fn open_app(start: Start) -> Result<App, ApiError> {
    let password = start.password_file.as_deref().map(first_line).transpose()?;
    let options = |password| AppOptions {
        profile_dir: Some(start.profile.clone()),
        password,
        lock_timeout: LOCK_TAKES,
        ..AppOptions::new(start.network.clone())
    };
    match App::open(options(password)).await {
        Err(error) if error.code == ErrorCode::WrongPassword => App::open(options(None)).await,
        result => result,
    }
}

fn first_line(path: &Path) -> Result<Password, ApiError> {
    let text = fs::read_to_string(path).map_err(|_| ApiError::new(ErrorCode::WrongPassword))?;
    Ok(Password::new(text.lines().next().unwrap_or_default().to_owned()))
}

fn listen(handle: &AppHandle, profile: &Path) {
    handle.state::<Run>().is_holder.store(true, Ordering::Release);
    let app = handle.clone();
    let show = move || {
        let window = app.clone();
        let _ = app.run_on_main_thread(move || windows::show_main(&window));
    };
    if let Err(error) = instance::listen(profile, show) {
        tracing::warn!(kind = ?error.kind(), "second starts cannot show this window");
    }
}

/// `SIGTERM` and `SIGINT` end the app as closing its window does.
async fn end_on_signal(handle: AppHandle) {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    handle.exit(0);
}

fn webview_folder(profile: &Path) -> PathBuf {
    profile.join("webview")
}
