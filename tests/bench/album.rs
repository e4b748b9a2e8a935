//! A conversation of 100,000 messages with pictures: frames while it scrolls, beside those of a bare page
//! of the same size, and the memory of its web process.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;
use thirtyfour::WebDriver;

use crate::driver::{Driver, app_process};
use crate::figure;
use crate::page::{run, time};
use crate::process::Running;
use crate::stage::{Profile, Stage, built};
use crate::window::{Start, Window};

const RATE: &str = "100,000 messages with pictures: frames while they scroll";
const BARE_RATE: &str = "bare page of the same size: frames while it scrolls";
const LOST: &str = "100,000 messages with pictures: frames lost against the bare page";
const MEMORY: &str = "100,000 messages with pictures: memory of the web process";
/// What [`measure`] measures.
pub(crate) const FIGURES: &[&str] = &[RATE, BARE_RATE, LOST, MEMORY];

/// Frames of one scroll.
const FRAMES: u32 = 600;
/// Pixels a frame, upwards: a turned wheel, a swing of the fingers, a dragged scroll bar.
const STEPS: [i32; 3] = [-40, -100, -240];
const PATIENCE: Duration = Duration::from_secs(150);

/// How a scroll went.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scrolled {
    per_second: f64,
    longest: f64,
    at_edge: f64,
}

/// Scrolls both at the same speeds.
pub(crate) async fn measure(stage: &Stage) -> Result<()> {
    let longest = stage.make(Profile::WithPictures).await?;
    let profile = stage.profile(Profile::WithPictures);
    let window = Window::open(&profile, &stage.network(), &Start::default()).await?;
    let session = window.session();
    session.set_script_timeout(PATIENCE).await?;
    window.wait("conversation-row").await?;
    let script = include_str!("scripts/open.js");
    time(&window, script, vec![longest.as_str().into()]).await?;
    window
        .wait_css("[data-testid='album-tile'] img")
        .await
        .context("no picture is shown")?;
    let place = place_of_timeline(session).await?;
    let id = app_process(&window.profile).context("no process of the app")?;
    let drawing = Running::web_process(u32::try_from(id)?)?;
    let scrolling = scroll(
        session,
        "a conversation with pictures",
        "[data-testid='timeline']",
        "",
    );
    let (rates, memory) = drawing.most_meanwhile(scrolling).await?;
    window.close().await?;
    let bare = Box::pin(bare_page(place)).await?;
    let lost: Vec<f64> = rates
        .iter()
        .zip(&bare)
        .map(|(rate, bare)| (1.0 - rate / bare) * 100.0)
        .collect();
    figure(RATE, "/s", &rates);
    figure(BARE_RATE, "/s", &bare);
    figure(LOST, "%", &lost);
    figure(MEMORY, "MB", &[memory]);
    Ok(())
}

/// Left, top, width and height.
async fn place_of_timeline(session: &WebDriver) -> Result<Vec<Value>> {
    let script = "const { left, top, width, height } =
            document.querySelector(\"[data-testid='timeline']\").getBoundingClientRect();
        return [left, top, width, height]";
    let place: Vec<Value> = session.execute(script, Vec::new()).await?.convert()?;
    ensure!(place.len() == 4, "no place of the timeline");
    Ok(place)
}

/// Frames a second at each speed. `before`: a script that brings the view to where it begins; empty:
/// each scroll goes on where the last one ended.
async fn scroll(session: &WebDriver, name: &str, scroller: &str, before: &str) -> Result<Vec<f64>> {
    let mut rates = Vec::new();
    for step in STEPS {
        if !before.is_empty() {
            session.execute(before, Vec::new()).await?;
        }
        let arguments = vec![scroller.into(), step.into(), FRAMES.into()];
        let answer = run(session, include_str!("scripts/frames.js"), arguments).await?;
        let seen: Scrolled = serde_json::from_value(answer)?;
        println!(
            "{name}, {} px a frame: {:.1} frames a second, the longest {:.0} ms, {} at an edge",
            step.abs(),
            seen.per_second,
            seen.longest,
            seen.at_edge
        );
        rates.push(seen.per_second);
    }
    Ok(rates)
}

/// Rows and pictures of a timeline's size in a window without anything else.
async fn bare_page(place: Vec<Value>) -> Result<Vec<f64>> {
    let driver = Driver::start_program(&built("BARE_WINDOW_BINARY")?, &[], &[]).await?;
    let session = &driver.session;
    session.set_script_timeout(PATIENCE).await?;
    run(session, include_str!("scripts/bare.js"), place).await?;
    let to_end = "const page = document.querySelector('#scroller'); page.scrollTop = page.scrollHeight;";
    let rates = scroll(session, "a bare page", "#scroller", to_end).await?;
    session.clone().quit().await?;
    Ok(rates)
}
