//! What happens to an onion request between the guard and its answer.
//!
//! Hops are steps inside the process, but pass these bytes only.
//!
//! Source: `network.md` §3.2 to §3.6, §9.1.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nous_protocol::onion::peel::{HereRequest, ServerForward};
use nous_protocol::onion::{OnionError, Peeled, ReplySealer, SnodeAnswer, peel};

use crate::answer::{Answer, garbage_text, too_much_text};
use crate::faults::{Effect, Level, Place};
use crate::forward;
use crate::seen::Seen;
use crate::storage_rpc::asked_for;
use crate::world::{Power, World, lock};

/// What a node does with an opened layer.
enum Step {
    Done(Answer),
    Next(usize, Vec<u8>),
}

/// Serves `/onion_req/v2` at `guard`, for who connected from `peer`.
pub(crate) async fn serve(world: &World, guard: usize, peer: SocketAddr, body: Vec<u8>) -> Answer {
    let (mut node, mut body, mut peer) = (guard, body, Some(peer));
    let mut is_cut = false;
    let answer = loop {
        if peer.is_none()
            && let Some(answer) = unreachable(world, node).await
        {
            break answer;
        }
        world.saw(Place::Node(node), seen("/onion_req/v2", peer, None));
        let (delay, effect) = world.strike(Place::Node(node), Level::Path, &[]);
        tokio::time::sleep(delay).await;
        match effect {
            Some(Effect::Cut) if peer.is_some() => is_cut = true,
            Some(Effect::Cut) => break Answer::text(500, "Invalid response from snode"),
            Some(effect) => break Answer::text(200, "").after(&effect),
            None => {}
        }
        match open(world, node, &body).await {
            Step::Done(answer) => break answer,
            Step::Next(next, inner) => (node, body, peer) = (next, inner, None),
        }
    };
    let answer = match (answer, peer) {
        (answer, Some(_)) => answer,
        (answer, None) => passed_back(world, answer).await,
    };
    if is_cut {
        answer.after(&Effect::Cut)
    } else {
        answer
    }
}

fn seen(endpoint: &str, peer: Option<SocketAddr>, method: Option<String>) -> Seen {
    Seen {
        endpoint: endpoint.to_owned(),
        peer,
        method,
        account: None,
    }
}

/// What the node before says for one that does not take the request.
async fn unreachable(world: &World, node: usize) -> Option<Answer> {
    match world.power(node) {
        Power::On => None,
        Power::NotReady => Some(Answer::text(503, not_ready(world, node))),
        Power::Refusing => {
            tokio::time::sleep(world.timing.stopped).await;
            Some(Answer::text(504, "Request time out"))
        }
        Power::Silent => {
            tokio::time::sleep(world.timing.silent).await;
            Some(Answer::text(504, "Request time out"))
        }
    }
}

fn not_ready(world: &World, node: usize) -> String {
    let cluster = lock(&world.cluster);
    let name = cluster.members.get(node).map(|member| member.name());
    format!("Snode not ready: {}", name.unwrap_or_default())
}

/// What the hop before makes of an answer that is none.
async fn passed_back(world: &World, answer: Answer) -> Answer {
    match answer {
        Answer::Whole(http) => Answer::Whole(http),
        Answer::Half(_) => Answer::text(500, "Invalid response from snode"),
        Answer::Drop => Answer::text(504, "Request time out"),
        Answer::Silent => {
            tokio::time::sleep(world.timing.silent).await;
            Answer::text(504, "Request time out")
        }
    }
}

async fn open(world: &World, node: usize, body: &[u8]) -> Step {
    let peeled = {
        let cluster = lock(&world.cluster);
        match cluster.members.get(node) {
            Some(member) => peel(member.node.keys.x25519_secret(), body),
            None => return Step::Done(Answer::text(503, "Snode not ready: ")),
        }
    };
    match peeled {
        Err(OnionError::TooLarge(_)) => Step::Done(Answer::text(413, "Request body too large")),
        Err(error) => Step::Done(Answer::text(400, format!("Error parsing onion request: {error}"))),
        Ok(Peeled::BadInside(sealer)) => Step::Done(refuse(&sealer, "Invalid json")),
        Ok(Peeled::Here(request)) => Step::Done(here(world, node, request).await),
        Ok(Peeled::Server(request)) => Step::Done(server(world, request).await),
        Ok(Peeled::Next(next)) => match node_named(world, &next.destination) {
            Some(index) => Step::Next(index, next.body),
            None => {
                let name = hex::encode(next.destination);
                Step::Done(Answer::text(502, format!("Next node not found: {name}")))
            }
        },
    }
}

fn node_named(world: &World, name: &[u8; 32]) -> Option<usize> {
    let cluster = lock(&world.cluster);
    let is_it = |index: &usize| {
        let member = &cluster.members[*index];
        member.is_listed && member.node.keys.ed25519() == *name
    };
    (0..cluster.members.len()).find(is_it)
}

fn refuse(sealer: &ReplySealer, text: &str) -> Answer {
    seal(sealer, 400, text.to_owned(), false, true)
}

/// The sealed answer of a node: base64 unless raw bytes were asked for.
fn seal(sealer: &ReplySealer, status: u16, body: String, embed: bool, base64: bool) -> Answer {
    let answer = SnodeAnswer { status, body };
    let sealed = sealer.seal_snode(&answer, embed, &mut rand::rng());
    if base64 {
        Answer::text(200, STANDARD.encode(sealed))
    } else {
        Answer::bytes(sealed)
    }
}

/// The node is the destination.
async fn here(world: &World, node: usize, request: HereRequest) -> Answer {
    let (methods, _) = asked_for(&request.payload);
    let method = (!methods.is_empty()).then(|| methods.join("+"));
    world.saw(Place::Node(node), seen("onion", None, method));
    let methods: Vec<&str> = methods.iter().map(String::as_str).collect();
    let (delay, effect) = world.strike(Place::Node(node), Level::Destination, &methods);
    tokio::time::sleep(delay).await;
    let sealed = |status, text| seal(&request.reply, status, text, request.json, request.base64);
    match effect {
        Some(Effect::Status(code, text)) => return sealed(code, text),
        Some(Effect::Garbage) => return sealed(200, garbage_text()),
        Some(Effect::TooMuch) => return sealed(200, too_much_text()),
        Some(Effect::Nothing) => return sealed(200, String::new()),
        Some(effect @ (Effect::Drop | Effect::Silent)) => {
            return Answer::text(200, "").after(&effect);
        }
        _ => {}
    }
    let reply = world.rpc(node, &request.payload).await;
    let answer = sealed(reply.status, reply.text());
    match effect {
        Some(effect) => answer.after(&effect),
        None => answer,
    }
}

/// The node is the last hop before a server.
async fn server(world: &World, request: ServerForward) -> Answer {
    if !request.is_allowed() {
        return refuse(&request.reply, "Invalid url");
    }
    forward::post(world, request).await
}
