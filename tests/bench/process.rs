//! What the system knows of a program and its children.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

/// How long a program may take to end.
const ENDS_WITHIN: Duration = Duration::from_secs(20);
/// The system counts processor time in hundredths of a second.
const TICKS: f64 = 100.0;
/// Between two looks at memory that comes and goes: each costs the process a few milliseconds.
const LOOKS: Duration = Duration::from_millis(500);
/// The name of what draws a page, as far as the system keeps it.
const DRAWS: &str = "WebKitWebProces";

/// A running program; it ends with this.
pub(crate) struct Program {
    child: Child,
    id: u32,
}

/// Work done since a program began.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Work {
    /// Processor time in seconds.
    pub(crate) seconds: f64,
    /// How often a thread gave the processor back by itself: it slept and was woken.
    pub(crate) switches: f64,
}

impl Program {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start a program")?;
        let id = child.id().context("it has ended")?;
        Ok(Self { child, id })
    }

    /// Asks it to end, and waits.
    pub(crate) async fn end(mut self) -> Result<()> {
        let id = i32::try_from(self.id).ok().and_then(Pid::from_raw);
        kill_process(id.context("no process")?, Signal::TERM)?;
        match tokio::time::timeout(ENDS_WITHIN, self.child.wait()).await {
            Ok(status) => status.map(drop).context("its end"),
            Err(_) => bail!("it does not end"),
        }
    }

    /// Proportional set size of the program and its children, in megabytes.
    pub(crate) fn memory_mb(&self) -> Result<f64> {
        Running::below(self.id).memory_mb()
    }

    /// Work of the program and its children so far.
    pub(crate) fn work(&self) -> Result<Work> {
        let mut work = Work::default();
        for id in tree(self.id) {
            work.seconds += seconds(id).context("no times")?;
            for thread in fs::read_dir(format!("/proc/{id}/task"))?.flatten() {
                let text = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
                work.switches += number_after(&text, "\nvoluntary_ctxt_switches:").unwrap_or(0) as f64;
            }
        }
        Ok(work)
    }
}

/// Processes that somebody else started, as they were when this was looked up.
pub(crate) struct Running(BTreeSet<u32>);

impl Running {
    /// A process and all below.
    pub(crate) fn below(id: u32) -> Self {
        Self(tree(id))
    }

    /// What draws the page of a program.
    pub(crate) fn web_process(id: u32) -> Result<Self> {
        let draws = |id: &u32| {
            let name = fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
            name.trim_end() == DRAWS
        };
        let found: BTreeSet<u32> = tree(id).into_iter().filter(draws).collect();
        ensure!(!found.is_empty(), "no web process");
        Ok(Self(found))
    }

    /// Proportional set size, in megabytes.
    pub(crate) fn memory_mb(&self) -> Result<f64> {
        let mut kilobytes = 0;
        for id in &self.0 {
            let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup"))?;
            kilobytes += number_after(&text, "Pss:").context("no Pss")?;
        }
        Ok(megabytes(kilobytes))
    }

    /// Does something; answers also the most memory that was seen meanwhile, in megabytes.
    pub(crate) async fn most_meanwhile<T>(&self, work: impl Future<Output = Result<T>>) -> Result<(T, f64)> {
        let mut work = std::pin::pin!(work);
        let mut most = self.memory_mb()?;
        loop {
            let done = tokio::time::timeout(LOOKS, work.as_mut()).await;
            most = most.max(self.memory_mb()?);
            if let Ok(done) = done {
                return Ok((done?, most));
            }
        }
    }

    /// The system notes from now on how much memory each process holds at most.
    pub(crate) fn mark(&self) -> Result<Marked> {
        let mut held = BTreeMap::new();
        for id in &self.0 {
            // `man proc_pid_clear_refs`: 5 takes the peak back to what is held now.
            fs::write(format!("/proc/{id}/clear_refs"), "5").context("the peak cannot be taken back")?;
            held.insert(*id, resident(*id, "VmRSS:")?);
        }
        Ok(Marked(held))
    }
}

/// The kilobytes that processes held at a moment.
pub(crate) struct Marked(BTreeMap<u32, u64>);

impl Marked {
    /// By how many megabytes they grew since then at most, however short. Each had its peak for
    /// itself: together they may have held less.
    pub(crate) fn growth_mb(&self) -> Result<f64> {
        let mut kilobytes = 0;
        for (id, before) in &self.0 {
            kilobytes += resident(*id, "VmHWM:")?.saturating_sub(*before);
        }
        Ok(megabytes(kilobytes))
    }
}

/// A line of `/proc/…/status` about the memory that a process holds, in kilobytes.
fn resident(id: u32, key: &str) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{id}/status"))?;
    number_after(&text, key).with_context(|| format!("no {key}"))
}

/// The system's kilobytes are of 1,024 bytes.
fn megabytes(kilobytes: u64) -> f64 {
    kilobytes as f64 * 1.024 / 1_000.0
}

/// A process and all below.
fn tree(id: u32) -> BTreeSet<u32> {
    let parents = parents();
    let mut tree = BTreeSet::from([id]);
    loop {
        let before = tree.len();
        tree.extend(
            parents
                .iter()
                .filter(|(_, parent)| tree.contains(parent))
                .map(|(id, _)| *id)
                .collect::<Vec<_>>(),
        );
        if tree.len() == before {
            return tree;
        }
    }
}

/// Each process with its parent.
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let ids = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter_map(|id| Some((id, stat(id)?.get(1)?.parse().ok()?)))
        .collect()
}

/// The fields of `/proc/…/stat` behind the name.
fn stat(id: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(") ")?;
    Some(rest.split(' ').map(str::to_owned).collect())
}

/// Processor time of a process, in its own code and in the system.
fn seconds(id: u32) -> Option<f64> {
    let fields = stat(id)?;
    let ticks = |at: usize| fields.get(at)?.parse::<u32>().ok();
    Some(f64::from(ticks(11)? + ticks(12)?) / TICKS)
}

fn number_after(text: &str, key: &str) -> Option<u64> {
    let rest = text.split_once(key)?.1.trim_start();
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
