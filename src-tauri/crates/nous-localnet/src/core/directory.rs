//! The lists of nodes that answers carry.
//!
//! Source: `network.md` §2.1, §4.8, §4.9, §9.4.

use nous_protocol::account::SwarmAccount;
use serde_json::{Map, Value, json};

use super::cluster::{Cluster, Member};
use super::identity::base32z;

/// The height at which the network's chain begins.
const FIRST_HEIGHT: i64 = 1_000_000;
/// One block comes so often.
const BLOCK_MS: i64 = 120_000;

/// Body of `get_swarm` and of a 421, without time.
pub(crate) fn swarm(cluster: &Cluster, account: &SwarmAccount) -> Value {
    let members = cluster.swarm_members(account);
    let id = cluster.swarm_id(account).unwrap_or(u64::MAX);
    let snodes: Vec<Value> = members
        .into_iter()
        .map(|index| swarm_entry(&cluster.members[index]))
        .collect();
    json!({ "swarm": format!("{id:x}"), "snodes": snodes })
}

fn swarm_entry(member: &Member) -> Value {
    let (spec, keys) = (&member.spec, &member.node.keys);
    let ed25519 = hex::encode(keys.ed25519());
    json!({
        "address": format!("{}.snode", base32z(&keys.ed25519())),
        "ip": spec.ip,
        "port": spec.port.to_string(),
        "port_https": spec.port,
        "port_omq": spec.omq_port,
        "port_quic": spec.omq_port,
        "pubkey_ed25519": ed25519,
        "pubkey_legacy": ed25519,
        "pubkey_x25519": hex::encode(keys.x25519()),
    })
}

/// The chain's height at `now`.
fn height(cluster: &Cluster, now: i64) -> i64 {
    FIRST_HEIGHT + now.saturating_sub(cluster.started_ms).max(0) / BLOCK_MS
}

/// Result of `get_service_nodes` and `get_n_service_nodes`: with `fields`, only these; with
/// `limit`, only so many.
pub(crate) fn service_nodes(cluster: &Cluster, params: Option<&Value>, now: i64) -> Value {
    let fields = params.and_then(|params| params.get("fields"));
    let limit = params
        .and_then(|params| params.get("limit"))
        .and_then(Value::as_u64)
        .filter(|limit| *limit > 0)
        .map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let listed = cluster.members.iter().filter(|member| member.is_listed);
    let states: Vec<Value> = listed
        .take(limit)
        .map(|member| only(entry(member), fields))
        .collect();
    let (fork, revision) = cluster.hard_fork;
    let about = json!({
        "height": height(cluster, now),
        "target_height": 0,
        "hardfork": fork,
        "snode_revision": revision,
    });
    let mut result = only(about, fields);
    result["service_node_states"] = states.into();
    result["status"] = "OK".into();
    result
}

fn entry(member: &Member) -> Value {
    let (spec, keys) = (&member.spec, &member.node.keys);
    let ed25519 = hex::encode(keys.ed25519());
    json!({
        "public_ip": spec.ip,
        "storage_port": spec.port,
        "storage_lmq_port": spec.omq_port,
        "service_node_pubkey": ed25519,
        "pubkey_ed25519": ed25519,
        "pubkey_x25519": hex::encode(keys.x25519()),
        "swarm_id": spec.swarm,
        "requested_unlock_height": 0,
        "active": true,
        "funded": true,
        "storage_server_version": [2, 8, 0],
    })
}

fn only(all: Value, fields: Option<&Value>) -> Value {
    let wanted = |name: &str| match fields {
        None | Some(Value::Null) => true,
        Some(Value::Array(list)) => list
            .iter()
            .any(|field| matches!(field.as_str(), Some(text) if text == name || text == "all")),
        Some(Value::Object(map)) => {
            let is_set = |name: &str| map.get(name).is_some_and(|v| v.as_bool() != Some(false));
            is_set(name) || is_set("all")
        }
        Some(_) => true,
    };
    match all {
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(name, _)| wanted(name));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        other => other,
    }
}
