//! The seed: the list of nodes for those who know none.
//!
//! Source: `network.md` §2.1, §9.4.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::answer::{Answer, Http};
use crate::core::directory;
use crate::faults::{Effect, Level, Place};
use crate::seen::Seen;
use crate::world::{World, lock};

/// Serves the body of a `/json_rpc`.
pub(crate) async fn serve(world: &World, peer: SocketAddr, body: &[u8]) -> Answer {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let method = request.get("method").and_then(Value::as_str).unwrap_or_default();
    let seen = Seen {
        endpoint: "/json_rpc".to_owned(),
        peer: Some(peer),
        method: Some(method.to_owned()).filter(|method| !method.is_empty()),
        account: None,
    };
    world.saw(Place::Seed, seen);
    let (delay, effect) = world.strike(Place::Seed, Level::Direct, &[method]);
    tokio::time::sleep(delay).await;
    match effect {
        None => answer(world, &request, method),
        Some(Effect::Cut) => answer(world, &request, method).after(&Effect::Cut),
        Some(effect) => Answer::text(200, "").after(&effect),
    }
}

fn answer(world: &World, request: &Value, method: &str) -> Answer {
    let id = request.get("id").cloned().unwrap_or_default();
    let body = match method {
        "get_n_service_nodes" | "get_service_nodes" => {
            let cluster = lock(&world.cluster);
            let now = world.clock.now_ms();
            let result = directory::service_nodes(&cluster, request.get("params"), now);
            json!({ "jsonrpc": "2.0", "id": id, "result": result })
        }
        "" => error(&id, -32600, "Invalid Request"),
        _ => error(&id, -32601, "Method not found"),
    };
    Answer::Whole(Http {
        status: 200,
        content_type: "application/json".to_owned(),
        body: body.to_string().into(),
    })
}

fn error(id: &Value, code: i32, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}
