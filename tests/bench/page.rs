//! Opening, scrolling, sending, timed inside the page: no round trip to the driver counts.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;
use thirtyfour::WebDriver;

use crate::figure;
use crate::stage::{Profile, Stage};
use crate::window::{Start, Window};

const LONG: &str = "open the conversation of 100,000 messages";
const SHORT: &str = "open a short conversation";
const LIST: &str = "first page of the list of 500";
const SCROLL_LONG: &str = "blank frames while the long conversation scrolls";
const SCROLL_LIST: &str = "blank frames while the list scrolls";
const SEND: &str = "send: key press to own message";
/// What [`measure`] measures.
pub(crate) const FIGURES: &[&str] = &[LONG, SHORT, LIST, SCROLL_LONG, SCROLL_LIST, SEND];

const RUNS: usize = 11;
/// Frames of one scroll.
const FRAMES: u32 = 300;
/// Pixels a frame: a turned wheel, a swing of the fingers, a dragged scroll bar. At sixty
/// frames a second the last is twenty windows a second.
const STEPS: [i32; 3] = [-40, -100, -240];

/// What a scroll showed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scrolled {
    frames: f64,
    blank: f64,
    worst: f64,
    worst_frame: f64,
    at_edge: f64,
    longest: f64,
}

/// Drives one window through all of it.
pub(crate) async fn measure(stage: &Stage) -> Result<()> {
    let window = Window::open(
        &stage.profile(Profile::LongHistory),
        &stage.network(),
        &Start::default(),
    )
    .await?;
    window
        .session()
        .set_script_timeout(Duration::from_secs(120))
        .await?;
    window.wait("conversation-row").await?;
    open(&window, &stage.longest).await?;
    scroll(&window, SCROLL_LONG, "[data-testid='timeline']", ".place", 1).await?;
    first_page(&window).await?;
    scroll(&window, SCROLL_LIST, "[role='listbox']", "[role='option']", -1).await?;
    send(&window).await?;
    window.close().await?;
    Ok(())
}

/// Runs one of the scripts, which calls its last argument when it is done.
pub(crate) async fn run(session: &WebDriver, script: &str, arguments: Vec<Value>) -> Result<Value> {
    let answer = session.execute_async(with_common(script), arguments).await?;
    Ok(answer.json().clone())
}

/// A script with what all of them share.
pub(crate) fn with_common(script: &str) -> String {
    format!("{}\n{script}", include_str!("scripts/common.js"))
}

/// Runs a script that answers milliseconds.
pub(crate) async fn time(window: &Window, script: &str, arguments: Vec<Value>) -> Result<f64> {
    let answer = run(window.session(), script, arguments).await?;
    let milliseconds = answer.as_f64().context("a script without a time")?;
    ensure!(milliseconds >= 0.0, "it was not painted ({milliseconds})");
    Ok(milliseconds)
}

/// The ids of the rows that stand in the list.
async fn rows(window: &Window) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll(\"[data-testid='conversation-row']\")]
        .map((row) => row.dataset.conversationId)";
    Ok(window.session().execute(script, Vec::new()).await?.convert()?)
}

/// Opens the long conversation and a short one in turns, and ends at the long one.
async fn open(window: &Window, longest: &str) -> Result<()> {
    let script = include_str!("scripts/open.js");
    let others = rows(window).await?;
    let other = others.iter().find(|id| *id != longest).context("a list of one")?;
    let (mut long, mut short) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        short.push(time(window, script, vec![other.as_str().into()]).await?);
        long.push(time(window, script, vec![longest.into()]).await?);
    }
    figure(LONG, "ms", &long);
    figure(SHORT, "ms", &short);
    Ok(())
}

/// Empties a filter that hid every row.
async fn first_page(window: &Window) -> Result<()> {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let hide = "const field = document.querySelector(\"[data-testid='filter-input']\");
            field.value = 'nobody of this name';
            field.dispatchEvent(new Event('input', { bubbles: true }));";
        window.session().execute(hide, Vec::new()).await?;
        window.wait_css(".rows .note").await?;
        times.push(time(window, include_str!("scripts/list.js"), Vec::new()).await?);
    }
    figure(LIST, "ms", &times);
    Ok(())
}

/// Scrolls at three speeds; `direction` 1: up, -1: down.
async fn scroll(window: &Window, name: &str, place: &str, rows: &str, direction: i32) -> Result<()> {
    let mut blank = Vec::new();
    for step in STEPS {
        let arguments = vec![
            place.into(),
            rows.into(),
            (step * direction).into(),
            FRAMES.into(),
        ];
        let answer = run(window.session(), include_str!("scripts/scroll.js"), arguments).await?;
        let seen: Scrolled = serde_json::from_value(answer)?;
        println!(
            "{name}, {} px a frame: {} frames, {} blank (at worst {:.0} px, in frame {}), {} at an edge, \
             the longest {:.0} ms",
            step.abs(),
            seen.frames,
            seen.blank,
            seen.worst,
            seen.worst_frame,
            seen.at_edge,
            seen.longest
        );
        blank.push(seen.blank);
    }
    figure(name, "frames", &blank);
    Ok(())
}

/// Sends into the open conversation; the next one goes when the last has its tick.
async fn send(window: &Window) -> Result<()> {
    let mut times = Vec::new();
    window.click("jump-to-bottom").await?;
    for n in 0..RUNS {
        let text = format!("measured message {n}.");
        times.push(
            time(
                window,
                include_str!("scripts/send.js"),
                vec![text.as_str().into()],
            )
            .await?,
        );
        window.wait_state(&text, "sent").await?;
    }
    figure(SEND, "ms", &times);
    Ok(())
}
