//! Fetching the directory: from the seeds, or from three nodes that agree.
//!
//! Source: `network.md` §2.1 and §2.2.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use nous_protocol::wire::rpc::ServiceNodes;
use serde_json::{Value, json};

use crate::config::NetworkConfig;
use crate::node::Snode;
use crate::transport::Transport;

/// What of each node is asked of a node; seeds are asked for the two heights as well.
const FIELDS: [&str; 4] = ["public_ip", "storage_port", "pubkey_x25519", "pubkey_ed25519"];

/// The parameters of `get_service_nodes`.
#[must_use]
pub fn question(with_heights: bool) -> Value {
    let heights = ["requested_unlock_height", "height"];
    let fields = FIELDS.iter().chain(heights.iter().filter(|_| with_heights));
    let fields: serde_json::Map<_, _> = fields
        .map(|field| ((*field).to_owned(), Value::Bool(true)))
        .collect();
    json!({ "active_only": true, "fields": fields })
}

/// Asks all seeds at once; the first good answer wins. `None` if there is none.
pub async fn from_seeds(transport: &Transport, config: &NetworkConfig) -> Option<Vec<Snode>> {
    let body = json!({ "jsonrpc": "2.0", "method": "get_n_service_nodes", "params": question(true) });
    let ask = |seed| transport.seed(seed, &body);
    let mut answers: FuturesUnordered<_> = config.seeds.iter().map(ask).collect();
    while let Some(answer) = answers.next().await {
        let list = answer.ok().and_then(|bytes| read(&bytes));
        if let Some(list) = list.filter(|list| !list.is_empty()) {
            return Some(list);
        }
    }
    None
}

fn read(bytes: &[u8]) -> Option<Vec<Snode>> {
    let nodes = ServiceNodes::read(&serde_json::from_slice(bytes).ok()?).ok()?;
    Some(nodes.nodes.into_iter().map(Snode::from).collect())
}

/// What all lists say alike: address, port and both keys.
#[must_use]
pub fn agreed(lists: &[Vec<Snode>]) -> Vec<Snode> {
    let Some((first, others)) = lists.split_first() else {
        return Vec::new();
    };
    let others: Vec<BTreeSet<&Snode>> = others.iter().map(|list| list.iter().collect()).collect();
    first
        .iter()
        .filter(|node| others.iter().all(|other| other.contains(node)))
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::node::NodeKey;

    fn node(number: u8, port: u16) -> Snode {
        Snode {
            key: NodeKey([number; 32]),
            x25519: NodeKey([number; 32]),
            ip: Ipv4Addr::LOCALHOST,
            port,
        }
    }

    #[test]
    fn only_what_all_three_say_is_kept() {
        let lists = [
            vec![node(1, 1), node(2, 1), node(3, 1)],
            vec![node(2, 1), node(3, 1), node(4, 1)],
            vec![node(3, 1), node(2, 2), node(1, 1)],
        ];
        assert_eq!(agreed(&lists), [node(3, 1)]);
    }

    #[test]
    fn nobody_agrees_on_nothing() {
        assert!(agreed(&[]).is_empty());
    }

    #[test]
    fn seeds_are_asked_for_heights_and_nodes_are_not() {
        let fields = |with_heights| {
            question(with_heights)["fields"]
                .as_object()
                .map(serde_json::Map::len)
        };
        assert_eq!((fields(true), fields(false)), (Some(6), Some(4)));
    }
}
