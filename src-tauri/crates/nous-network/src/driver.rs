//! The loop that owns the path machine, and what it shares with everybody.
//!
//! Source: `architecture.md` §6 and §7.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nous_protocol::wire::rpc::StorageRequest;
use tokio::sync::mpsc;

use crate::clock::{self, SleepWatch};
use crate::directory::{Directory, fetch};
use crate::exchange::{Exchange, Target};
use crate::health::{Connectivity, HopView, LinkState, PathView};
use crate::network::Inner;
use crate::node::Snode;
use crate::path::{DirectorySource, LivePath, PathAction, PathEvent, PathFault, PathId, PathManager};
use crate::requester::SMALL_ANSWER;

/// The machine's state, as everybody sees it.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) is_online: bool,
    pub(crate) paths: Vec<LivePath>,
    pub(crate) lost: BTreeSet<PathId>,
    pub(crate) directory: Directory,
    pub(crate) wanted_paths: usize,
}

/// Never wakes more often than this, whatever the deadline.
const SHORTEST_WAIT: Duration = Duration::from_millis(20);
/// Wakes at least so often, to notice sleep.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// Runs until the network is shut down.
pub(crate) async fn run(inner: Arc<Inner>, mut machine: PathManager, mut events: mpsc::Receiver<PathEvent>) {
    let mut sleep = SleepWatch::new(inner.clock.local_now(), clock::monotonic());
    if !inner.online.is_online() {
        machine.on_event(PathEvent::Online(false), clock::monotonic());
    }
    loop {
        let now = clock::monotonic();
        while let Some(action) = machine.next_action(now) {
            perform(&inner, action);
        }
        publish(&inner, &machine);
        let event = tokio::time::timeout_at(wake(&inner, &machine, now).into(), events.recv()).await;
        let now = clock::monotonic();
        if sleep.slept(inner.clock.local_now(), now) {
            inner.forget_connections();
            machine.on_event(PathEvent::Resumed, now);
        }
        match event {
            Ok(Some(event)) => {
                look_for_network(&inner, &mut machine, &event, now);
                machine.on_event(event, now);
            }
            Ok(None) => return,
            Err(_) if !machine.is_online() => {
                machine.on_event(PathEvent::Online(inner.online.is_online()), now)
            }
            Err(_) => {}
        }
    }
}

fn wake(inner: &Inner, machine: &PathManager, now: Instant) -> Instant {
    let wait = if machine.is_online() {
        LONGEST_WAIT
    } else {
        inner.config.intervals.offline
    };
    let latest = now + wait;
    machine
        .deadline()
        .map_or(latest, |deadline| deadline.min(latest))
        .max(now + SHORTEST_WAIT)
}

/// Reads the interfaces when something failed, before anybody is blamed.
fn look_for_network(inner: &Inner, machine: &mut PathManager, event: &PathEvent, now: Instant) {
    let failed = matches!(
        event,
        PathEvent::GuardTested { ok: false, .. }
            | PathEvent::Probed {
                fault: Some(PathFault::Unnamed),
                ..
            }
            | PathEvent::Failed {
                fault: PathFault::Unnamed,
                ..
            }
            | PathEvent::DirectoryFetched(None)
            | PathEvent::Resumed
    );
    if failed {
        let is_online = inner.online.is_online();
        if is_online && !machine.is_online() {
            inner.forget_connections();
        }
        machine.on_event(PathEvent::Online(is_online), now);
    }
}

fn perform(inner: &Arc<Inner>, action: PathAction) {
    let task = Arc::clone(inner);
    match action {
        PathAction::TestGuard(node) => inner.tasks.spawn("guard test", async move {
            let ok = test_guard(&task, &node).await;
            task.report(PathEvent::GuardTested { node: node.key, ok }).await;
        }),
        PathAction::Probe { probe, hops } => inner.tasks.spawn("path probe", async move {
            let fault = probe_hops(&task, &hops).await;
            task.report(PathEvent::Probed { probe, fault }).await;
        }),
        PathAction::FetchDirectory(source) => inner.tasks.spawn("directory", async move {
            let list = fetch_directory(&task, source).await;
            task.report(PathEvent::DirectoryFetched(list)).await;
        }),
    };
}

async fn test_guard(inner: &Inner, node: &Snode) -> bool {
    let asked = inner.clock.moment();
    let answer = inner
        .transport
        .info(node, inner.config.intervals.guard_test)
        .await;
    let Ok(reply) = answer else { return false };
    if let Some(t) = reply.t() {
        inner.clock.heard(node.key, t, asked);
    }
    true
}

/// Asks the last hop for `info` through the others.
async fn probe_hops(inner: &Inner, hops: &[Snode]) -> Option<PathFault> {
    let Some((last, before)) = hops.split_last() else {
        return Some(PathFault::Unnamed);
    };
    let exchange = Exchange {
        hops: before,
        first: hops.first().unwrap_or(last),
        target: Target::Node(last),
        payload: &StorageRequest::Info.to_bytes(),
        limit: inner.probe_limit(),
        silence: None,
        max_bytes: SMALL_ANSWER,
        progress: None,
        departure: None,
    };
    let sent = clock::monotonic();
    let result = exchange.run(inner).await;
    if result.is_ok() {
        inner.probe_took(clock::monotonic().saturating_duration_since(sent));
    }
    result.err().map(|failure| failure.fault())
}

async fn fetch_directory(inner: &Inner, source: DirectorySource) -> Option<Vec<Snode>> {
    if source == DirectorySource::Nodes
        && let Some(list) = inner.agreed_directory().await
    {
        return Some(list);
    }
    fetch::from_seeds(&inner.transport, &inner.config).await
}

fn publish(inner: &Inner, machine: &PathManager) {
    inner.snapshot.send_replace(Snapshot {
        is_online: machine.is_online(),
        paths: machine.paths(),
        lost: machine.lost(),
        directory: machine.directory().clone(),
        wanted_paths: machine.wanted_paths(),
    });
    publish_connectivity(inner, machine);
    inner.save_directory(machine.directory(), machine.guards());
}

fn publish_connectivity(inner: &Inner, machine: &PathManager) {
    let paths = machine.paths();
    let state = match (machine.is_online(), paths.is_empty()) {
        (false, _) => LinkState::Offline,
        (true, true) => LinkState::Building,
        (true, false) => LinkState::Connected,
    };
    let view = |path: LivePath| PathView {
        hops: path
            .hops
            .iter()
            .map(|hop| HopView {
                key: hop.key,
                ip: hop.ip,
            })
            .collect(),
    };
    let fresh = Connectivity {
        state,
        paths: if machine.is_online() {
            paths.into_iter().map(view).collect()
        } else {
            Vec::new()
        },
        wanted_paths: machine.wanted_paths(),
        directory_size: machine.directory().len(),
        clock_offset_ms: inner.clock.is_known().then(|| inner.clock.offset_ms()),
        last_success: inner.last_success(),
    };
    inner.connectivity.send_if_modified(|old| {
        let changed = *old != fresh;
        *old = fresh;
        changed
    });
}
