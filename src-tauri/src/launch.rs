//! From the options to a running app, and its end.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(feature = "demo")]
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nous_api::rows::DemoContact;
use nous_api::{ApiError, App, AppOptions, ErrorCode, NetworkConfig, Password};
use tauri::{AppHandle, Manager, RunEvent};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

#[cfg(feature = "demo")]
use crate::demo::Demo;
use crate::options::{Options, OptionsError};
use crate::shell::{Opened, Shell};
use crate::{bindings, clipboard, drops, instance, logs, media, windows};

/// How long to wait for a profile that another process is just closing.
const LOCK_TAKES: Duration = Duration::from_secs(2);

/// Wishes for another try at opening the profile.
type Again = mpsc::Receiver<()>;

/// Holds the password where there is no file with it.
const PASSWORD_VARIABLE: &str = "ENTRE_NOUS_PASSWORD";

/// What was found out before there is a window.
struct Start {
    profile: PathBuf,
    place: Place,
    network_name: String,
    password_file: Option<PathBuf>,
    /// The folder of a run that leaves nothing; removed when this is dropped.
    #[cfg(feature = "demo")]
    passing: Option<tempfile::TempDir>,
}

/// Where the app connects to.
#[derive(Clone)]
enum Place {
    /// A network outside the app.
    Network(Box<NetworkConfig>),
    /// The network inside the app, kept in this folder.
    #[cfg(feature = "demo")]
    Demo(PathBuf),
}

/// This run of the app, as its end needs it.
struct Run {
    profile: PathBuf,
    /// Whether the profile's lock, and so its socket, is ours.
    is_holder: AtomicBool,
    #[cfg(feature = "demo")]
    demo: Mutex<Option<Demo>>,
}

impl Run {
    fn new(profile: &Path) -> Self {
        Self {
            profile: profile.to_owned(),
            is_holder: AtomicBool::new(false),
            #[cfg(feature = "demo")]
            demo: Mutex::default(),
        }
    }

    #[cfg(feature = "demo")]
    async fn end_demo(&self) {
        let demo = self.demo.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(demo) = demo {
            demo.end().await;
        }
    }

    #[cfg(not(feature = "demo"))]
    #[expect(clippy::unused_async, reason = "same shape with and without the demo")]
    async fn end_demo(&self) {}
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
    #[cfg(feature = "demo")]
    if options.demo {
        return prepare_demo(options);
    }
    Ok(Start {
        profile: options.profile_folder()?,
        place: Place::Network(Box::new(options.network_config()?)),
        network_name: options.network.clone(),
        password_file: options.password_file.clone(),
        #[cfg(feature = "demo")]
        passing: None,
    })
}

/// Without a profile everything is fresh; with one, the network stays beside it.
#[cfg(feature = "demo")]
fn prepare_demo(options: &Options) -> Result<Start, OptionsError> {
    let (profile, passing) = match &options.profile {
        Some(_) => (options.profile_folder()?, None),
        None => {
            let folder = tempfile::Builder::new()
                .prefix("entre-nous-")
                .tempdir()
                .map_err(OptionsError::Temporary)?;
            (folder.path().join("profile"), Some(folder))
        }
    };
    Ok(Start {
        place: Place::Demo(profile.join("localnet")),
        profile,
        network_name: "local".to_owned(),
        password_file: options.password_file.clone(),
        passing,
    })
}

/// Opens the window at once and the profile behind it: whatever is wrong with the profile is
/// said in the window.
#[cfg_attr(
    not(feature = "demo"),
    expect(unused_mut, reason = "only a demo can have a passing folder")
)]
fn show(mut start: Start) -> ExitCode {
    #[cfg(feature = "demo")]
    let _passing = start.passing.take();
    let _ = fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&start.profile);
    let _log = logs::start(&start.profile).ok();
    let webview = webview_folder(&start.profile);
    let (set_opened, opened) = watch::channel(None);
    let (ask_again, again) = mpsc::channel(1);
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(windows::remember(&start.profile))
        .manage(Shell::new(opened, ask_again, start.network_name.clone()))
        .register_asynchronous_uri_scheme_protocol(media::SCHEME, media::answer)
        .manage(clipboard::CopiedSecret::default())
        .manage(drops::Drops::default())
        .manage(Run::new(&start.profile))
        .on_window_event(drops::on_window_event)
        .invoke_handler(bindings::builder().invoke_handler())
        .setup(move |app| {
            windows::open_main(app.handle(), &webview_folder(&start.profile))?;
            tauri::async_runtime::spawn(open_profile(app.handle().clone(), start, set_opened, again));
            tauri::async_runtime::spawn(end_on_signal(app.handle().clone()));
            Ok(())
        })
        .build(tauri::generate_context!("tauri.conf.json"));
    match built {
        Ok(app) => {
            let code = app.run_return(on_event);
            windows::erase_at_end(&webview);
            ended(code)
        }
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
        tauri::async_runtime::block_on(async {
            handle.state::<Shell>().close().await;
            run.end_demo().await;
        });
        if run.is_holder.load(Ordering::Acquire) {
            instance::forget(&run.profile);
        }
        tracing::info!("ended");
    }
}

/// Opens the profile, and tries anew when its window asks for it.
async fn open_profile(handle: AppHandle, start: Start, set_opened: watch::Sender<Opened>, mut again: Again) {
    loop {
        let result = open_app(&handle, &start).await;
        match &result {
            Ok(_) => listen(&handle, &start.profile),
            // Two starts at once: the other one was faster.
            Err(error) if error.code == ErrorCode::ProfileInUse && instance::show_running(&start.profile) => {
                handle.exit(0);
            }
            Err(error) => tracing::warn!(code = ?error.code, "the profile did not open"),
        }
        let is_open = result.is_ok();
        set_opened.send_replace(Some(result));
        if is_open {
            return;
        }
        if again.recv().await.is_none() {
            return;
        }
        set_opened.send_replace(None);
    }
}

/// Opens the profile. A wrong password in the file is no end: the window asks for it.
async fn open_app(handle: &AppHandle, start: &Start) -> Result<App, ApiError> {
    let password = match &start.password_file {
        Some(file) => Some(first_line(file)?),
        None => std::env::var(PASSWORD_VARIABLE).ok().map(Password::new),
    };
    let (network, demo_contact) = reach(handle, &start.place).await?;
    let options = |password| AppOptions {
        profile_dir: Some(start.profile.clone()),
        password,
        lock_timeout: LOCK_TAKES,
        demo_contact: demo_contact.clone(),
        system_languages: sys_locale::get_locales().collect(),
        country_of: iptocc::country_code,
        downloads_dir: downloads_folder(handle),
        ..AppOptions::new(network.clone())
    };
    match App::open(options(password)).await {
        Err(error) if matches!(error.code, ErrorCode::WrongPassword | ErrorCode::TooManyTries) => {
            App::open(options(None)).await
        }
        result => result,
    }
}

/// Where files go that the person asks for.
fn downloads_folder(handle: &AppHandle) -> Option<PathBuf> {
    let path = handle.path();
    path.download_dir().or_else(|_| path.home_dir()).ok()
}

/// The network, and who answers there; starts the demo if that is what was asked for.
#[cfg_attr(
    not(feature = "demo"),
    expect(clippy::unused_async, reason = "the demo takes its time to start")
)]
async fn reach(handle: &AppHandle, place: &Place) -> Result<(NetworkConfig, Option<DemoContact>), ApiError> {
    match place {
        Place::Network(network) => {
            let _ = handle;
            Ok((NetworkConfig::clone(network), None))
        }
        #[cfg(feature = "demo")]
        Place::Demo(folder) => {
            let run = handle.state::<Run>();
            let running = || run.demo.lock().unwrap_or_else(PoisonError::into_inner);
            // It stays from a first try, with its ports.
            if let Some(place) = running().as_ref().map(Demo::place) {
                return Ok(place);
            }
            let demo = Demo::start(folder).await?;
            let place = demo.place();
            *running() = Some(demo);
            Ok(place)
        }
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
