//! `/storage_rpc/v1` of a node: what is asked for directly.
//!
//! Source: `network.md` §4.1, §9.1.

use std::net::SocketAddr;

use serde_json::Value;

use crate::answer::Answer;
use crate::clock::monotonic;
use crate::faults::{Effect, Level, Place};
use crate::seen::Seen;
use crate::world::{World, lock};

/// Whether a node has had enough of this address.
pub(crate) fn is_too_fast(world: &World, node: usize, peer: SocketAddr) -> bool {
    !lock(&world.rates).allows(node, peer.ip(), monotonic())
}

/// Serves a body that came from `peer`.
pub(crate) async fn serve(world: &World, node: usize, peer: SocketAddr, body: &[u8]) -> Answer {
    let (methods, account) = asked_for(body);
    let seen = Seen {
        endpoint: "/storage_rpc/v1".to_owned(),
        peer: Some(peer),
        method: (!methods.is_empty()).then(|| methods.join("+")),
        account,
    };
    world.saw(Place::Node(node), seen);
    let methods: Vec<&str> = methods.iter().map(String::as_str).collect();
    let (delay, effect) = world.strike(Place::Node(node), Level::Direct, &methods);
    tokio::time::sleep(delay).await;
    match effect {
        None => Answer::reply(&world.rpc(node, body).await),
        Some(Effect::Cut) => Answer::reply(&world.rpc(node, body).await).after(&Effect::Cut),
        Some(effect) => Answer::text(200, "").after(&effect),
    }
}

/// The methods in a body, and the first account: for records and faults only.
pub(crate) fn asked_for(body: &[u8]) -> (Vec<String>, Option<String>) {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return (Vec::new(), None);
    };
    let mut requests = vec![&value];
    if let Some(list) = value.pointer("/params/requests").and_then(Value::as_array) {
        requests.extend(list);
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let methods = requests.iter().filter_map(|request| text(request.get("method")?));
    let account = requests.iter().find_map(|request| {
        let params = request.get("params")?;
        text(params.get("pubkey").or_else(|| params.get("pubKey"))?)
    });
    (methods.collect(), account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_methods_of_a_batch_and_its_account_are_found() {
        let body = br#"{"method":"batch","params":{"requests":[
            {"method":"info","params":{}},{"method":"store","params":{"pubkey":"05ab"}}]}}"#;
        let (methods, account) = asked_for(body);
        assert_eq!(methods, ["batch", "info", "store"]);
        assert_eq!(account.as_deref(), Some("05ab"));
        assert_eq!(asked_for(b"nonsense"), (Vec::new(), None));
    }
}
