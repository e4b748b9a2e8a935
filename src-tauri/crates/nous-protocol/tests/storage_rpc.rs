//! Requests and answers as recorded from real storage nodes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use nous_protocol::auth;
use nous_protocol::wire::rpc::{AccountRequest, Action, StorageReply, StorageRequest};
use serde_json::Value;

fn steps() -> Vec<(Value, Value)> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../tests/vectors/storage-rpc.json"
    );
    let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let list = |value: &Value| value["steps"].as_array().unwrap().clone();
    let cases = file["cases"].as_array().unwrap();
    cases
        .iter()
        .flat_map(|case| list(&case["in"]).into_iter().zip(list(&case["out"])))
        .collect()
}

fn read(step: &Value) -> Result<StorageRequest, String> {
    let request = match step.get("request_text") {
        Some(text) => StorageRequest::from_bytes(text.as_str().unwrap().as_bytes()),
        None => StorageRequest::from_json(&step["request"]),
    };
    request.map_err(|error| error.to_string())
}

fn accounts(request: StorageRequest) -> Vec<AccountRequest> {
    match request {
        StorageRequest::Account(request) => vec![*request],
        StorageRequest::Batch(all) | StorageRequest::Sequence(all) => {
            all.into_iter().flat_map(accounts).collect()
        }
        _ => Vec::new(),
    }
}

fn replies(reply: &StorageReply) -> Vec<StorageReply> {
    reply.results().unwrap_or_else(|_| vec![reply.clone()])
}

fn reply_of(out: &Value) -> StorageReply {
    let code = u16::try_from(out["status"].as_u64().unwrap()).unwrap();
    let body = out
        .get("reply")
        .cloned()
        .unwrap_or_else(|| out["reply_text"].clone());
    StorageReply { code, body }
}

#[test]
fn nodes_and_we_refuse_the_same_requests() {
    let mut refused = 0;
    for (step, out) in steps() {
        let known_later = out["reply_text"]
            .as_str()
            .is_some_and(|text| text.contains("missing delete access"));
        let bad = out["status"] == 400 && !known_later;
        refused += usize::from(bad);
        let ours = read(&step);
        assert_eq!(ours.is_err(), bad, "{step} {ours:?} {}", out["reply_text"]);
    }
    assert!(refused > 30);
}

#[test]
fn writing_a_request_and_reading_it_gives_the_same() {
    for (step, _) in steps() {
        let Ok(request) = read(&step) else { continue };
        assert_eq!(
            StorageRequest::from_bytes(&request.to_bytes()).unwrap(),
            request,
            "{step}"
        );
    }
}

#[test]
fn answers_of_swarms_carry_signatures_that_verify() {
    let mut verified = std::collections::BTreeMap::new();
    for (step, out) in steps() {
        let Ok(request) = read(&step) else { continue };
        let all = accounts(request);
        for (asked, reply) in all.iter().zip(replies(&reply_of(&out))) {
            if !reply.is_success() || !asked.action.is_for_swarm() {
                continue;
            }
            let swarm = reply.swarm().unwrap();
            for (member, done) in swarm.done() {
                assert!(
                    auth::verify_member(&asked.account, &asked.action, member, done),
                    "{step} {out}"
                );
                let mut changed = done.clone();
                changed.signature[0] ^= 1;
                assert!(!auth::verify_member(
                    &asked.account,
                    &asked.action,
                    member,
                    &changed
                ));
                *verified.entry(asked.action.method()).or_insert(0) += 1;
            }
        }
    }
    assert_eq!(verified.len(), 8, "{verified:?}");
}

#[test]
fn nodes_and_we_believe_the_same_signatures() {
    let mut believed = std::collections::BTreeMap::new();
    let mut revoked = std::collections::BTreeSet::new();
    for (step, out) in steps() {
        let Ok(StorageRequest::Account(asked)) = read(&step) else {
            continue;
        };
        let Some(proof) = &asked.proof else { continue };
        let ours = auth::verify(&asked.account, &asked.action, proof);
        let public_store =
            matches!(asked.action, Action::Store { namespace, .. } if namespace.is_public_inbox());
        if out["status"] == 200 && !public_store {
            assert!(ours.is_ok(), "{step} {ours:?}");
            *believed.entry(asked.action.method()).or_insert(0) += 1;
        }
        match &asked.action {
            Action::RevokeSubaccount { tokens, .. } if out["status"] == 200 => revoked.extend(tokens.clone()),
            Action::UnrevokeSubaccount { tokens, .. } => revoked.retain(|token| !tokens.contains(token)),
            _ => {}
        }
        let text = out["reply_text"].as_str().unwrap_or_default();
        if out["status"] == 401 && text.contains("signature") {
            let void = proof.subaccount.is_some_and(|sub| revoked.contains(&sub.token));
            assert!(ours.is_err() || void, "{step} {out}");
        }
    }
    assert_eq!(believed.len(), 10, "{believed:?}");
}

#[test]
fn retrieved_messages_have_the_hashes_of_their_data() {
    let mut seen = 0;
    for (step, out) in steps() {
        let Ok(StorageRequest::Account(asked)) = read(&step) else {
            continue;
        };
        let Action::Retrieve { namespace, .. } = asked.action else {
            continue;
        };
        let Ok(retrieved) = reply_of(&out).retrieve() else {
            continue;
        };
        for message in &retrieved.messages {
            assert_eq!(
                message.hash,
                auth::message_hash(&asked.account, namespace, &message.data)
            );
            seen += 1;
        }
    }
    assert!(seen > 20);
}

#[test]
fn members_of_a_swarm_are_read_from_answers_and_from_421() {
    let mut seen = std::collections::BTreeSet::new();
    for (_, out) in steps() {
        let reply = reply_of(&out);
        if let Ok(members) = reply.members() {
            assert_eq!(members.nodes.len(), 4);
            assert!(members.swarm.is_some());
            seen.insert(reply.code);
        }
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [200, 421]);
}
