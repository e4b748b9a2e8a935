//! A file of 10 MB between two windows on the local network: how long it takes, by how much each app
//! grows meanwhile, and whether a window stops.
//!
//! What happens in a window is timed inside its page. A window *stops* between two frames, or while a
//! task of the page lets no other run: the web engine does not tell of long tasks, so a timer looks.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rand::Rng as _;
use serde::Deserialize;
use serde_json::Value;
use thirtyfour::By;

use crate::driver::app_process;
use crate::figure;
use crate::page::{run, with_common};
use crate::process::{Marked, Running};
use crate::scene::befriend;
use crate::stage::Stage;
use crate::window::{Start, Window};

const SENT: &str = "10 MB file: dropped until sent";
const RECEIVED: &str = "10 MB file: clicked until received";
const SENDER_GROWS: &str = "10 MB file: growth of the sender's memory";
const RECEIVER_GROWS: &str = "10 MB file: growth of the receiver's memory";
const SENDER_STOPS: &str = "10 MB file: longest stop of the sender's window";
const RECEIVER_STOPS: &str = "10 MB file: longest stop of the receiver's window";
/// What [`measure`] measures.
pub(crate) const FIGURES: &[&str] = &[
    SENT,
    RECEIVED,
    SENDER_GROWS,
    RECEIVER_GROWS,
    SENDER_STOPS,
    RECEIVER_STOPS,
];

/// The largest file that can be sent.
const SIZE: usize = 10_000_000;
const RUNS: usize = 5;
/// Until everything that came before has come to rest.
const REST: Duration = Duration::from_secs(2);
/// So long the windows are watched before, for comparison.
const BEFORE_MS: u32 = 3_000;
const PATIENCE: Duration = Duration::from_secs(150);
/// Where the page keeps what it sees between two scripts.
const WAIT: &str = "const [done] = arguments; window.fileWatch.then(done);";
/// The same at rest, for `arguments[0]` milliseconds.
const LOOK: &str = "const [ms, done] = arguments;
    const begun = performance.now();
    watched(() => performance.now() - begun >= ms, done);";

/// What a page saw.
#[derive(Debug, Deserialize)]
struct Watched {
    /// Milliseconds until it was done; -1: in vain.
    ms: f64,
    /// The longest frame.
    frame: f64,
    /// The longest time in which no other task had its turn.
    task: f64,
}

/// What one side of a transfer did.
struct Seen {
    ms: f64,
    stop: f64,
    growth: f64,
}

/// Sends several files, one after the other.
pub(crate) async fn measure(stage: &Stage) -> Result<()> {
    let (alice, bob) = Box::pin(meet(stage)).await?;
    for (whose, window) in [("sender", &alice), ("receiver", &bob)] {
        let answer = run(window.session(), LOOK, vec![BEFORE_MS.into()]).await?;
        let watched: Watched = serde_json::from_value(answer)?;
        println!(
            "window of the {whose} at rest: longest frame {:.0} ms, task {:.0} ms",
            watched.frame, watched.task
        );
    }
    let (mut sent, mut received) = (Vec::new(), Vec::new());
    for number in 0..RUNS {
        let name = format!("survey {number}.dat");
        let file = stage.place(&name);
        write_file(&file)?;
        sent.push(send(&alice, &file, &name).await?);
        received.push(fetch(&bob, &name).await?);
        std::fs::remove_file(&file)?;
    }
    figure(SENT, "ms", &values(&sent, |seen| seen.ms));
    figure(RECEIVED, "ms", &values(&received, |seen| seen.ms));
    figure(SENDER_GROWS, "MB", &values(&sent, |seen| seen.growth));
    figure(RECEIVER_GROWS, "MB", &values(&received, |seen| seen.growth));
    figure(SENDER_STOPS, "ms", &longest(&sent));
    figure(RECEIVER_STOPS, "ms", &longest(&received));
    alice.close().await?;
    bob.close().await?;
    Ok(())
}

fn values(seen: &[Seen], value: impl Fn(&Seen) -> f64) -> Vec<f64> {
    seen.iter().map(value).collect()
}

/// A window that stops once has stopped: the longest counts, not the middle one.
fn longest(seen: &[Seen]) -> [f64; 1] {
    [seen.iter().map(|seen| seen.stop).fold(0.0, f64::max)]
}

/// Two windows of two people who have accepted each other, and who look at their conversation.
async fn meet(stage: &Stage) -> Result<(Window, Window)> {
    let open = async |name: &str| -> Result<(Window, String)> {
        let window = Window::open(&stage.place(name), &stage.network(), &Start::default()).await?;
        window.session().set_script_timeout(PATIENCE).await?;
        let id = window.create_account(name).await?;
        Ok((window, id))
    };
    let (alice, _) = open("Sender").await?;
    let (bob, bob_id) = open("Receiver").await?;
    befriend(&alice, &bob, &bob_id).await?;
    // Files can be sent once the other has accepted.
    alice.wait("composer-attach").await?;
    Ok((alice, bob))
}

/// Bytes by chance: nothing of them was seen before, and nothing makes them less.
fn write_file(path: &Path) -> Result<()> {
    let mut bytes = vec![0_u8; SIZE];
    rand::rng().fill_bytes(&mut bytes);
    // No sign of a kind of file, whatever the chance.
    bytes[..16].copy_from_slice(b"0123456789abcdef");
    Ok(std::fs::write(path, bytes)?)
}

/// Drops a file on the conversation, and sends it as soon as it stands in the draft.
async fn send(window: &Window, file: &Path, name: &str) -> Result<Seen> {
    tokio::time::sleep(REST).await;
    let held = window.hold_files("timeline", &[file]).await?;
    held.wait_taken(true).await?;
    let marked = processes(window)?.mark()?;
    let script = with_common(include_str!("scripts/share.js"));
    window.session().execute(script, vec![name.into()]).await?;
    held.release().await?;
    let answer = run(window.session(), WAIT, Vec::new()).await?;
    seen("sent", answer, &marked)
}

/// Fetches a file with a click.
async fn fetch(window: &Window, name: &str) -> Result<Seen> {
    window
        .wait_text("[data-testid='file'][data-state='remote']", name)
        .await?;
    tokio::time::sleep(REST).await;
    let marked = processes(window)?.mark()?;
    let script = include_str!("scripts/fetch.js");
    let answer = run(window.session(), script, vec![name.into()]).await?;
    let seen = seen("received", answer, &marked)?;
    // It is asked once whether the next ones come by themselves.
    let asks = By::Css("[data-testid='trust-once']");
    if let Ok(once) = window.session().find(asks).await {
        once.click().await?;
        window.wait_gone("[role='alertdialog']").await?;
    }
    Ok(seen)
}

/// The app of a window with its children.
fn processes(window: &Window) -> Result<Running> {
    let id = app_process(&window.profile).context("no process of the app")?;
    Ok(Running::below(u32::try_from(id)?))
}

fn seen(what: &str, answer: Value, marked: &Marked) -> Result<Seen> {
    let growth = marked.growth_mb()?;
    let watched: Watched = serde_json::from_value(answer)?;
    println!(
        "10 MB file, {what}: {:.0} ms, {growth:.1} MB more, longest frame {:.0} ms, task {:.0} ms",
        watched.ms, watched.frame, watched.task
    );
    ensure!(watched.ms >= 0.0, "a file was not {what}");
    Ok(Seen {
        ms: watched.ms,
        stop: watched.frame.max(watched.task),
        growth,
    })
}
