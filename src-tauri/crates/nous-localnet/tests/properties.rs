//! Whatever is asked, a node answers.

use nous_localnet::{Cluster, NodeSpec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn cluster() -> Cluster {
    let spec = |n: u8| NodeSpec {
        seed: [n; 32],
        swarm: u64::from(n % 2),
        ip: "127.0.0.1".to_owned(),
        port: 1,
        omq_port: 1,
    };
    Cluster::new((1..5).map(spec).collect(), 0)
}

fn method() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "store",
        "retrieve",
        "delete",
        "delete_all",
        "delete_before",
        "expire",
        "expire_all",
        "get_expiries",
        "revoke_subaccount",
        "unrevoke_subaccount",
        "get_swarm",
        "info",
        "oxend_request",
        "batch",
        "sequence",
        "nothing",
    ])
}

fn field() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "timestamp",
        "ttl",
        "expiry",
        "data",
        "namespace",
        "signature",
        "pubkey_ed25519",
        "sig_timestamp",
        "subaccount",
        "subaccount_sig",
        "messages",
        "last_hash",
        "max_count",
        "max_size",
        "before",
        "extend",
        "shorten",
        "revoke",
        "unrevoke",
        "required",
        "endpoint",
        "params",
        "requests",
    ])
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(|n| json!(n)),
        any::<u64>().prop_map(|n| json!(n)),
        (0_i64..100).prop_map(|n| json!(n - 50)),
        (0_i64..200_000).prop_map(|n| json!(1_800_000_000_000 + n - 100_000)),
        any::<bool>().prop_map(|b| json!(b)),
        any::<f64>().prop_map(|f| json!(f)),
        "[A-Za-z0-9+/]{0,90}={0,2}".prop_map(|s| json!(s)),
        "[A-Za-z0-9+/]{43}".prop_map(|s| json!([s])),
        Just(json!("A".repeat(86))),
        Just(json!("A".repeat(48))),
        Just(json!("all")),
        Just(json!("ons_resolve")),
        Just(json!({ "type": 0, "name_hash": "x" })),
        Just(Value::Null),
        prop::collection::vec(any::<u64>(), 0..3).prop_map(|list| json!(list)),
    ]
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let reply = cluster().rpc(0, &body, 1_800_000_000_000).reply;
        prop_assert_eq!(reply.status, 400);
    }

    #[test]
    fn any_fields_get_an_answer(
        method in method(),
        node in 0_usize..6,
        fields in prop::collection::vec((field(), value()), 0..10),
        now in prop_oneof![Just(1_800_000_000_000), any::<i64>()],
    ) {
        let mut params: Map<String, Value> =
            fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        params.insert("pubkey".to_owned(), json!(format!("05{}", "9".repeat(64))));
        let body = json!({ "method": method, "params": params }).to_string();
        let reply = cluster().rpc(node, body.as_bytes(), now).reply;
        let known = [200, 400, 401, 403, 404, 406, 421, 503];
        prop_assert!(known.contains(&reply.status), "{}", reply.status);
        prop_assert!(!reply.text().is_empty());
    }
}
