//! Asking through the onion: choosing a path, trying another one, and telling the machine how it went.
//!
//! Source: `network.md` §3.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use nous_protocol::wire::rpc::{StorageReply, StorageRequest};
use rand::seq::IndexedRandom;

use crate::clock;
use crate::departure::Departure;
use crate::error::SwarmError;
use crate::exchange::{Exchange, Failure, Opened, Target};
use crate::network::Inner;
use crate::node::{NodeKey, Snode};
use crate::path::{LivePath, PathEvent, PathFault, PathId};
use crate::progress::Progress;

/// The most bytes of an answer to anything but `retrieve` and lists of nodes.
pub(crate) const SMALL_ANSWER: usize = 1 << 20;
/// The most bytes of an answer to `retrieve`: 7,800,000, in base64 twice, and some.
pub(crate) const LARGE_ANSWER: usize = 16 << 20;
/// How long a second path is waited for, if the first one was used already.
const OTHER_PATH_PATIENCE: Duration = Duration::from_secs(1);
/// The first pause after "too many requests".
const TOO_FAST: Duration = Duration::from_secs(30);

/// How a request may try.
pub(crate) struct Effort<'a> {
    /// Paths already used for the same purpose: others are preferred.
    pub(crate) used: &'a Mutex<Vec<PathId>>,
    /// How many paths may be tried.
    pub(crate) attempts: u32,
    /// When to give up waiting for a path.
    pub(crate) deadline: Instant,
    /// One exchange.
    pub(crate) limit: Duration,
    /// For files: the longest that no byte of an exchange may move.
    pub(crate) silence: Option<Duration>,
    /// What must agree before anything leaves, if anybody may call it back.
    pub(crate) departure: Option<&'a Departure>,
    /// Is told how much has left and come.
    pub(crate) progress: Option<&'a Progress>,
}

impl<'a> Effort<'a> {
    /// Two paths, and as long as one exchange may take.
    pub(crate) fn within(limit: Duration, used: &'a Mutex<Vec<PathId>>) -> Self {
        Self {
            used,
            attempts: 2,
            deadline: clock::monotonic() + limit,
            limit,
            silence: None,
            departure: None,
            progress: None,
        }
    }
}

impl Inner {
    /// Asks a node through the onion, over a second path if the first one fails.
    pub(crate) async fn ask_node(
        &self,
        node: &Snode,
        request: &StorageRequest,
        effort: &Effort<'_>,
    ) -> Result<StorageReply, SwarmError> {
        let payload = request.to_bytes();
        let max_bytes = answer_limit(request);
        let asked = self.clock.moment();
        let target = Target::Node(node);
        let opened = self.ask(target, &payload, max_bytes, effort).await?;
        let reply = StorageReply::from_text(opened.status, &String::from_utf8_lossy(&opened.bytes));
        let first = reply
            .results()
            .ok()
            .and_then(|results| results.iter().find_map(StorageReply::t));
        if let Some(t) = reply.t().or(first) {
            self.clock.heard(node.key, t, asked);
        }
        Ok(reply)
    }

    /// Sends over a path, and over another one if that fails.
    pub(crate) async fn ask(
        &self,
        target: Target<'_>,
        payload: &[u8],
        max_bytes: usize,
        effort: &Effort<'_>,
    ) -> Result<Opened, SwarmError> {
        let mut last = SwarmError::NoPath;
        for _ in 0..effort.attempts {
            let path = match self.path_for(target.key(), effort).await {
                Ok(path) => path,
                Err(SwarmError::NoPath) => return Err(last),
                Err(error) => return Err(error),
            };
            if effort.departure.is_some_and(|departure| !departure.depart()) {
                return Err(SwarmError::CalledBack);
            }
            let failure = match self.over_path(&path, target, payload, max_bytes, effort).await {
                Ok(opened) => return Ok(opened),
                Err(failure) => failure,
            };
            last = match failure {
                Failure::Path(PathFault::Unknown(key) | PathFault::NotReady(key))
                    if target.key() == Some(key) =>
                {
                    return Err(SwarmError::NodeTrouble(503));
                }
                Failure::Path(_) | Failure::Lost => SwarmError::Timeout,
                Failure::Answer => SwarmError::BadAnswer,
                Failure::TooMuch => SwarmError::TooLarge,
                Failure::Ours => SwarmError::BadAnswer,
                Failure::TooLarge => return Err(SwarmError::TooLarge),
                Failure::TooFast => return Err(SwarmError::TooFast(self.too_fast(TOO_FAST))),
            };
            if clock::monotonic() >= effort.deadline {
                break;
            }
        }
        Err(last)
    }

    /// One exchange over one path, and telling the machine how it went.
    async fn over_path(
        &self,
        path: &LivePath,
        target: Target<'_>,
        payload: &[u8],
        max_bytes: usize,
        effort: &Effort<'_>,
    ) -> Result<Opened, Failure> {
        let Some(first) = path.hops.first() else {
            return Err(Failure::Ours);
        };
        let exchange = Exchange {
            hops: &path.hops,
            first,
            target,
            payload,
            limit: effort.limit,
            silence: effort.silence,
            max_bytes,
            progress: effort.progress,
            departure: effort.departure,
        };
        let result = if matches!(target, Target::Server(_)) {
            // A file fills the line: that others are slow meanwhile says nothing of the path.
            let _bulk = self.begin_bulk();
            exchange.run(self).await
        } else {
            self.watched(path.id, exchange.run(self)).await
        };
        let destination = target.key();
        match &result {
            Ok(_) => {
                self.heard();
                self.report(PathEvent::Answered {
                    path: path.id,
                    destination,
                })
                .await;
            }
            Err(Failure::Path(fault)) if destination.is_some() || !matches!(fault, PathFault::Unnamed) => {
                self.report(PathEvent::Failed {
                    path: path.id,
                    fault: *fault,
                    destination,
                })
                .await;
            }
            // A server's own status may look like the path's: the path is looked at, not struck.
            Err(Failure::Path(_)) => self.report(PathEvent::Suspected(path.id)).await,
            Err(Failure::Answer) => {
                self.report(PathEvent::Nonsense {
                    path: path.id,
                    destination,
                })
                .await;
            }
            Err(_) => {}
        }
        result
    }

    /// Waits for an exchange; a silent path is looked at, a lost one given up.
    async fn watched(
        &self,
        path: PathId,
        exchange: impl Future<Output = Result<Opened, Failure>>,
    ) -> Result<Opened, Failure> {
        let mut snapshot = self.snapshot.subscribe();
        let lost = async {
            if snapshot.wait_for(|now| now.lost.contains(&path)).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let suspicion = async {
            tokio::time::sleep(self.config.intervals.suspect).await;
            self.report(PathEvent::Suspected(path)).await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            result = exchange => result,
            () = lost => Err(Failure::Lost),
            () = suspicion => Err(Failure::Lost),
        }
    }

    /// A path that does not contain the destination; waits for one until the deadline.
    async fn path_for(&self, without: Option<NodeKey>, effort: &Effort<'_>) -> Result<LivePath, SwarmError> {
        let mut snapshot = self.snapshot.subscribe();
        let patient_until = clock::monotonic() + OTHER_PATH_PATIENCE;
        let mut wished = false;
        loop {
            let choice = self.choose_path(&snapshot.borrow_and_update(), without, effort, patient_until)?;
            let until = match choice {
                Choice::Path(path) => return Ok(path),
                Choice::Later if clock::monotonic() < patient_until => effort.deadline.min(patient_until),
                Choice::Later => effort.deadline,
                Choice::None => effort.deadline,
                Choice::Wish(key) => {
                    if !wished {
                        wished = true;
                        self.report(PathEvent::Wanted { without: key }).await;
                    }
                    effort.deadline
                }
            };
            match tokio::time::timeout_at(until.into(), snapshot.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(SwarmError::ShutDown),
                Err(_) if clock::monotonic() >= effort.deadline => return Err(SwarmError::NoPath),
                Err(_) => {}
            }
        }
    }

    fn choose_path(
        &self,
        snapshot: &crate::driver::Snapshot,
        without: Option<NodeKey>,
        effort: &Effort<'_>,
        patient_until: Instant,
    ) -> Result<Choice, SwarmError> {
        if !snapshot.is_online {
            return Err(SwarmError::Offline);
        }
        let apart = |path: &&LivePath| !path.hops.iter().any(|hop| Some(hop.key) == without);
        let fitting: Vec<_> = snapshot.paths.iter().filter(apart).collect();
        let mut used = effort.used.lock().unwrap_or_else(PoisonError::into_inner);
        let is_patient_no_more = clock::monotonic() >= patient_until;
        let may_repeat = snapshot.wanted_paths < 2 || is_patient_no_more;
        let serving: Vec<&LivePath> = fitting.iter().copied().filter(|path| path.serves).collect();
        let rank = |path: &LivePath| (used.contains(&path.id), path.is_doubtful);
        let best = serving.iter().map(|path| rank(path)).min();
        let best = best.filter(|(is_used, _)| !is_used || may_repeat);
        let chosen: Vec<&LivePath> = serving
            .iter()
            .copied()
            .filter(|path| Some(rank(path)) == best)
            .collect();
        let chosen = chosen.choose(&mut rand::rng()).copied();
        Ok(match (chosen, without) {
            (Some(path), _) => {
                used.push(path.id);
                Choice::Path(path.clone())
            }
            (None, _) if !serving.is_empty() => Choice::Later,
            // While more paths are being built, one of them may do.
            (None, Some(_)) if snapshot.paths.len() < snapshot.wanted_paths && !is_patient_no_more => {
                Choice::Later
            }
            (None, Some(key)) if fitting.is_empty() && !snapshot.paths.is_empty() => Choice::Wish(key),
            (None, _) => Choice::None,
        })
    }
}

enum Choice {
    Path(LivePath),
    /// One that was used already; a while for another one.
    Later,
    /// All contain the destination.
    Wish(NodeKey),
    None,
}

fn answer_limit(request: &StorageRequest) -> usize {
    let large = |request: &StorageRequest| match request {
        StorageRequest::Account(request) => request.action.method() == "retrieve",
        StorageRequest::Oxend { .. } => true,
        _ => false,
    };
    let is_large = match request {
        StorageRequest::Batch(all) | StorageRequest::Sequence(all) => all.iter().any(large),
        one => large(one),
    };
    if is_large { LARGE_ANSWER } else { SMALL_ANSWER }
}
