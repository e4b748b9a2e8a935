//! Start to first painted list, seen on the screen, and the memory of an app at rest.

use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::Instant;

use crate::figure;
use crate::screen::{Region, Screen};
use crate::stage::{Profile, Stage};

const LIST: &str = "start to first painted list";
const CONTACTS: &str = "start to first painted list, 1,000 contacts";
const MEMORY: &str = "memory of app and web process above a bare window";
const BARE: &str = "memory of a bare window";
/// What [`measure`] measures.
pub(crate) const FIGURES: &[&str] = &[LIST, CONTACTS, MEMORY, BARE];

const RUNS: usize = 5;
const BARE_RUNS: usize = 3;
/// Between two looks at the screen.
const LOOK: Duration = Duration::from_millis(4);
/// A list that does not change for so long is all there.
const SETTLED: Duration = Duration::from_millis(1_500);
const PATIENCE: Duration = Duration::from_secs(30);
/// Until memory is looked at: by then connections stand and start-up's garbage is gone.
const REST: Duration = Duration::from_secs(10);
/// Where rows stand in the list of a new window.
const ROWS: Region = Region {
    left: 80,
    top: 160,
    width: 240,
    height: 520,
};

/// Starts app and bare window several times.
pub(crate) async fn measure(stage: &Stage) -> Result<()> {
    // The first start reads the programs from the disk; it is not counted.
    start_once(stage, Profile::LongHistory).await?;
    let (times, memory) = starts(stage, Profile::LongHistory).await?;
    // Its first start also makes the configs: the contacts are new to them.
    start_once(stage, Profile::ManyContacts).await?;
    let (with_contacts, _) = starts(stage, Profile::ManyContacts).await?;
    let mut bare = Vec::new();
    for _ in 0..BARE_RUNS {
        bare.push(bare_window(stage).await?);
    }
    bare.sort_by(f64::total_cmp);
    let ground = bare[BARE_RUNS / 2];
    figure(LIST, "ms", &times);
    figure(CONTACTS, "ms", &with_contacts);
    figure(BARE, "MB", &bare);
    let above: Vec<f64> = memory.iter().map(|mb| mb - ground).collect();
    figure(MEMORY, "MB", &above);
    Ok(())
}

/// Times in ms and memory in MB of several starts.
async fn starts(stage: &Stage, profile: Profile) -> Result<(Vec<f64>, Vec<f64>)> {
    let (mut times, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let (time, mb) = start_once(stage, profile).await?;
        times.push(time.as_secs_f64() * 1e3);
        memory.push(mb);
    }
    Ok((times, memory))
}

/// From the start of the process to the list on the screen; and the memory at rest.
async fn start_once(stage: &Stage, profile: Profile) -> Result<(Duration, f64)> {
    let screen = Screen::open().await?;
    let start = Instant::now();
    let app = stage.app(profile, &screen)?;
    let time = painted(&screen, start).await?;
    tokio::time::sleep(REST).await;
    let mb = app.memory_mb()?;
    app.end().await?;
    screen.close().await?;
    Ok((time, mb))
}

/// When rows stood there first: faces and letters bring many colours, the grey places that
/// stand for rows before have few. Half of the settled list's colours are enough.
async fn painted(screen: &Screen, start: Instant) -> Result<Duration> {
    let mut seen: Vec<(Duration, usize)> = vec![(Duration::ZERO, 0)];
    loop {
        let (now, colours) = (start.elapsed(), screen.colours(ROWS)?);
        let (since, before) = seen[seen.len() - 1];
        if colours != before {
            seen.push((now, colours));
        } else if colours > 32 && now - since > SETTLED {
            let first = seen.iter().find(|(_, there)| there * 2 >= colours);
            return Ok(first.map_or(now, |(at, _)| *at));
        }
        ensure!(now < PATIENCE, "no list was painted: {seen:?}");
        tokio::time::sleep(LOOK).await;
    }
}

async fn bare_window(stage: &Stage) -> Result<f64> {
    let screen = Screen::open().await?;
    let window = stage.bare_window(&screen)?;
    tokio::time::sleep(REST).await;
    let mb = window.memory_mb()?;
    window.end().await?;
    screen.close().await?;
    Ok(mb)
}
