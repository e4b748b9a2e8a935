//! One request under layers: choosing a path, sending, and reading why nothing came back.
//!
//! Source: `network.md` §3.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use nous_protocol::onion::{self, Destination, EncType, OnionError, ReplyKeys, ServerTarget};
use nous_protocol::wire::rpc::{StorageReply, StorageRequest};
use rand::seq::IndexedRandom;

use crate::clock;
use crate::departure::Departure;
use crate::error::SwarmError;
use crate::network::Inner;
use crate::node::{NodeKey, Snode};
use crate::path::{LivePath, PathEvent, PathFault, PathId};
use crate::progress::Progress;
use crate::transport::{HttpAnswer, TransportError};

/// The most bytes of an answer to anything but `retrieve` and lists of nodes.
pub(crate) const SMALL_ANSWER: usize = 1 << 20;
/// The most bytes of an answer to `retrieve`: 7,800,000, in base64 twice, and some.
pub(crate) const LARGE_ANSWER: usize = 16 << 20;
/// How long a second path is waited for, if the first one was used already.
const OTHER_PATH_PATIENCE: Duration = Duration::from_secs(1);
/// The first pause after "too many requests".
const TOO_FAST: Duration = Duration::from_secs(30);

/// Who a request is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target<'a> {
    Node(&'a Snode),
    Server(&'a ServerTarget),
}

impl Target<'_> {
    fn key(&self) -> Option<NodeKey> {
        match self {
            Self::Node(node) => Some(node.key),
            Self::Server(_) => None,
        }
    }
}

/// Why no answer of the destination came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The path, or somebody on it.
    Path(PathFault),
    /// What came does not open, is too large, or is no answer.
    Answer,
    /// What came from a server is larger than it may be.
    TooMuch,
    /// The guard could not read our layer, or the request cannot be made.
    Ours,
    /// The guard takes nothing of this size.
    TooLarge,
    /// The guard takes no more for a while.
    TooFast,
    /// The path failed meanwhile, others noticed.
    Lost,
}

impl Failure {
    pub(crate) const fn fault(self) -> PathFault {
        match self {
            Self::Path(fault) => fault,
            _ => PathFault::Unnamed,
        }
    }
}

/// One request through given hops.
pub(crate) struct Exchange<'a> {
    /// The hops before the destination; may be none.
    pub(crate) hops: &'a [Snode],
    /// Who is connected to: the first hop, or the destination itself.
    pub(crate) first: &'a Snode,
    pub(crate) target: Target<'a>,
    pub(crate) payload: &'a [u8],
    pub(crate) limit: Duration,
    pub(crate) max_bytes: usize,
    /// Is told how much has left and come.
    pub(crate) progress: Option<&'a Progress>,
}

/// What a destination answered, opened.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The status of the destination; 200 for servers, whose own is inside.
    pub(crate) status: u16,
    pub(crate) bytes: Vec<u8>,
}

impl Exchange<'_> {
    /// Wraps, posts, opens.
    pub(crate) async fn run(&self, inner: &Inner) -> Result<Opened, Failure> {
        let (body, keys) = self.wrap()?;
        let answer = inner
            .transport
            .onion(self.first, body, self.limit, self.max_bytes, self.progress)
            .await;
        match answer {
            Ok(answer) if answer.status == 200 => self.open(&keys, answer.body),
            Ok(answer) => Err(read_failure(&answer, self.first.key)),
            Err(TransportError::TooLarge) if matches!(self.target, Target::Server(_)) => {
                Err(Failure::TooMuch)
            }
            Err(TransportError::TooLarge) => Err(Failure::Answer),
            Err(TransportError::Setup) => Err(Failure::Ours),
            Err(_) => Err(Failure::Path(PathFault::Unnamed)),
        }
    }

    fn wrap(&self) -> Result<(Vec<u8>, ReplyKeys), Failure> {
        let hops: Vec<_> = self.hops.iter().map(Snode::hop_keys).collect();
        let destination = match self.target {
            Target::Node(node) => Destination::Snode(node.hop_keys()),
            Target::Server(server) => Destination::Server(server.clone()),
        };
        let request = onion::wrap(
            &hops,
            &destination,
            self.payload,
            EncType::default(),
            &mut rand::rng(),
        );
        match request {
            Ok(request) => Ok((request.body, request.reply_keys)),
            Err(OnionError::TooLarge(_)) => Err(Failure::TooLarge),
            Err(_) => Err(Failure::Ours),
        }
    }

    fn open(&self, keys: &ReplyKeys, body: Vec<u8>) -> Result<Opened, Failure> {
        match self.target {
            Target::Node(_) => {
                let answer = keys.open_snode(&body).map_err(|_| Failure::Answer)?;
                Ok(Opened {
                    status: answer.status,
                    bytes: answer.body.into_bytes(),
                })
            }
            Target::Server(_) => {
                let bytes = keys.open_in_place(body).map_err(|_| Failure::Answer)?;
                Ok(Opened { status: 200, bytes })
            }
        }
    }
}

/// The table of `network.md` §3.6 for statuses that came unencrypted from the guard.
pub(crate) fn read_failure(answer: &HttpAnswer, guard: NodeKey) -> Failure {
    let text = String::from_utf8_lossy(answer.body.get(..200).unwrap_or(&answer.body)).into_owned();
    let named = |start: &str| {
        let key = text.trim().strip_prefix(start)?.trim();
        NodeKey::from_hex(key.get(..64)?)
    };
    if let Some(key) = named("Next node not found:") {
        return Failure::Path(PathFault::Unknown(key));
    }
    match answer.status {
        400 => Failure::Ours,
        413 => Failure::TooLarge,
        429 => Failure::TooFast,
        503 if text.starts_with("Service node is not ready") => Failure::Path(PathFault::NotReady(guard)),
        503 => Failure::Path(named("Snode not ready:").map_or(PathFault::Unnamed, PathFault::NotReady)),
        _ => Failure::Path(PathFault::Unnamed),
    }
}

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
            max_bytes,
            progress: effort.progress,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> NodeKey {
        NodeKey([9; 32])
    }

    fn of(status: u16, body: &str) -> Failure {
        read_failure(
            &HttpAnswer {
                status,
                body: body.as_bytes().to_vec(),
            },
            guard(),
        )
    }

    #[test]
    fn errors_that_name_a_node_are_read() {
        let key = NodeKey([0xab; 32]);
        let unknown = of(502, &format!("Next node not found: {key}"));
        assert_eq!(unknown, Failure::Path(PathFault::Unknown(key)));
        let not_ready = of(503, &format!("Snode not ready: {key}\n"));
        assert_eq!(not_ready, Failure::Path(PathFault::NotReady(key)));
    }

    #[test]
    fn a_guard_that_is_not_in_service_names_itself() {
        let failure = of(503, "Service node is not ready: not in any swarm");
        assert_eq!(failure, Failure::Path(PathFault::NotReady(guard())));
    }

    #[test]
    fn errors_without_a_name_are_the_paths() {
        for (status, body) in [
            (500, ""),
            (502, "Next node not found: zz"),
            (503, "busy"),
            (504, "timeout"),
            (404, ""),
        ] {
            assert_eq!(
                of(status, body),
                Failure::Path(PathFault::Unnamed),
                "{status} {body}"
            );
        }
    }

    #[test]
    fn our_own_mistakes_are_nobodys() {
        assert_eq!(
            [of(400, ""), of(413, ""), of(429, "")],
            [Failure::Ours, Failure::TooLarge, Failure::TooFast]
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_read_without_panic() {
        let answer = HttpAnswer {
            status: 503,
            body: vec![0xff; 500],
        };
        assert_eq!(read_failure(&answer, guard()), Failure::Path(PathFault::Unnamed));
    }
}
