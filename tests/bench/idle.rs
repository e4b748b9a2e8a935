//! A minute in which nothing happens.

use std::time::Duration;

use anyhow::Result;

use crate::figure;
use crate::process::Program;
use crate::screen::Screen;
use crate::stage::{Profile, Stage};

const CPU: &str = "idle in the background: processor";
const WAKES: &str = "idle in the background: voluntary context switches";
/// What [`window`] measures.
pub(crate) const WINDOW_FIGURES: &[&str] = &[CPU, WAKES];

const WATCH_MEMORY: &str = "memory of nous-cli watch";
const WATCH_CPU: &str = "idle nous-cli watch: processor";
/// What [`engine`] measures.
pub(crate) const ENGINE_FIGURES: &[&str] = &[WATCH_MEMORY, WATCH_CPU];

/// Until start-up is over: paths stand, the first polls are made.
const WARM_UP: Duration = Duration::from_secs(30);
const MINUTE: Duration = Duration::from_secs(60);
const WATCH_RUNS: usize = 3;

/// The app with its window shown and without focus: it polls at the pace of the background.
pub(crate) async fn window(stage: &Stage) -> Result<()> {
    let screen = Screen::open().await?;
    let app = stage.app(Profile::LongHistory, &screen)?;
    let (percent, switches) = rest(&app, MINUTE).await?;
    figure(CPU, "%", &[percent]);
    figure(WAKES, "/s", &[switches]);
    app.end().await?;
    screen.close().await
}

/// The engine without a window.
pub(crate) async fn engine(stage: &Stage) -> Result<()> {
    let (mut memory, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..WATCH_RUNS {
        let watch = stage.watch(&stage.profile(Profile::LongHistory))?;
        let (percent, _) = rest(&watch, MINUTE / 3).await?;
        cpu.push(percent);
        memory.push(watch.memory_mb()?);
        watch.end().await?;
    }
    figure(WATCH_MEMORY, "MB", &memory);
    figure(WATCH_CPU, "%", &cpu);
    Ok(())
}

/// Percent of one core, and context switches a second.
async fn rest(program: &Program, time: Duration) -> Result<(f64, f64)> {
    tokio::time::sleep(WARM_UP).await;
    let before = program.work()?;
    tokio::time::sleep(time).await;
    let after = program.work()?;
    let seconds = time.as_secs_f64();
    Ok((
        (after.seconds - before.seconds) / seconds * 100.0,
        (after.switches - before.switches) / seconds,
    ))
}
