//! One request under layers over given hops: wrapping, sending, opening, and reading why nothing came back.
//!
//! Source: `network.md` §3.

use std::time::Duration;

use nous_protocol::onion::{self, Destination, EncType, OnionError, ReplyKeys, ServerTarget};

use crate::departure::Departure;
use crate::network::Inner;
use crate::node::{NodeKey, Snode};
use crate::path::PathFault;
use crate::progress::Progress;
use crate::transport::{Endurance, HttpAnswer, TransportError};

/// Who a request is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target<'a> {
    Node(&'a Snode),
    Server(&'a ServerTarget),
}

impl Target<'_> {
    pub(crate) fn key(&self) -> Option<NodeKey> {
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
    /// The longest that it may take.
    pub(crate) limit: Duration,
    /// For files: the longest that no byte may move.
    pub(crate) silence: Option<Duration>,
    pub(crate) max_bytes: usize,
    /// Is told how much has left and come, of a file.
    pub(crate) progress: Option<&'a Progress>,
    /// Is told if nothing has left.
    pub(crate) departure: Option<&'a Departure>,
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
        let (body, keys) = self.wrap().inspect_err(|_| self.stay())?;
        match self.post(inner, body).await {
            Ok(answer) if answer.status == 200 => self.open(&keys, answer.body),
            Ok(answer) => Err(read_failure(&answer, self.first.key)),
            Err(TransportError::TooLarge) if matches!(self.target, Target::Server(_)) => {
                Err(Failure::TooMuch)
            }
            Err(TransportError::TooLarge) => Err(Failure::Answer),
            Err(TransportError::Setup) => Err(Failure::Ours),
            Err(TransportError::Connect) => {
                self.stay();
                Err(Failure::Path(PathFault::Unnamed))
            }
            Err(_) => Err(Failure::Path(PathFault::Unnamed)),
        }
    }

    fn stay(&self) {
        if let Some(departure) = self.departure {
            departure.stay();
        }
    }

    async fn post(&self, inner: &Inner, body: Vec<u8>) -> Result<HttpAnswer, TransportError> {
        let transport = &inner.transport;
        let Some(silence) = self.silence else {
            return transport
                .onion(self.first, body, self.limit, self.max_bytes)
                .await;
        };
        let endurance = Endurance {
            silence,
            whole: self.limit,
        };
        transport
            .carry(self.first, body, endurance, self.max_bytes, self.progress)
            .await
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
fn read_failure(answer: &HttpAnswer, guard: NodeKey) -> Failure {
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
