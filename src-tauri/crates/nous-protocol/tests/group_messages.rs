//! Recorded messages of groups and permissions of members.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use nous_protocol::account::GroupId;
use nous_protocol::auth::Access;
use nous_protocol::group::message::{GroupSignature, OpenGroupError, OpenedGroupMessage, open};
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::subaccount::{MemberAuth, issue, token};
use nous_protocol::keys::{IdentityKeys, Seed};
use serde_json::Value;

fn cases(op: &str) -> Vec<Value> {
    let file = include_str!("../../../../tests/vectors/groups.json");
    let file: Value = serde_json::from_str(file).unwrap();
    let cases = file["cases"].as_array().unwrap().clone();
    let cases: Vec<Value> = cases.into_iter().filter(|case| case["op"] == op).collect();
    assert!(!cases.is_empty());
    cases
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    hex::decode(value.as_str().unwrap()).unwrap().try_into().unwrap()
}

/// Tries the keys of a case on its message; how many bytes that has, and what was inside.
fn attempt(input: &Value, signature: GroupSignature) -> (usize, Result<OpenedGroupMessage, OpenGroupError>) {
    let keys = input["encryption_keys"].as_array().unwrap();
    let keys: Vec<[u8; 32]> = keys.iter().map(array).collect();
    let group = GroupId::from_ed25519(array(&input["group_public_key"]));
    let ciphertext = hex::decode(input["ciphertext"].as_str().unwrap()).unwrap();
    (ciphertext.len(), open(&group, &keys, &ciphertext, signature))
}

fn opens(op: &str, signature: GroupSignature) {
    for case in cases(op) {
        let out = &case["out"];
        let (size, opened) = attempt(&case["in"], signature);
        if out.get("error").is_some() {
            assert!(opened.is_err(), "{out}");
            continue;
        }
        let opened = opened.unwrap();
        assert_eq!(out["sender_account_id"], opened.sender.to_string());
        assert_eq!(out["message"], hex::encode(opened.plaintext));
        assert_eq!(out["ciphertext_size"], size);
    }
}

#[test]
fn recorded_messages_open() {
    opens("group.decrypt_message", GroupSignature::Unbound);
}

#[test]
fn messages_of_todays_form_open() {
    opens("group.open_message", GroupSignature::Bound);
}

#[test]
fn messages_of_the_old_form_do_not_open_on_the_network() {
    for case in cases("group.decrypt_message") {
        let (_, opened) = attempt(&case["in"], GroupSignature::Bound);
        assert!(opened.is_err());
    }
}

#[test]
fn permissions_and_signatures_of_members_are_those_recorded() {
    for case in cases("group.subaccount") {
        let (input, out) = (&case["in"], &case["out"]);
        let pair: [u8; 64] = array(&input["group_secret_key"]);
        let secret = GroupSecret::from_seed(pair.first_chunk().unwrap());
        assert_eq!(*secret.id().ed25519(), array(&input["group_public_key"]));
        let keys = IdentityKeys::from_seed(&Seed::from_bytes(array(&input["member"]["seed"])));
        let id = keys.account_id();
        let issued = issue(&secret, &id, Access::MEMBER).unwrap();
        assert_eq!(out["auth_data"], hex::encode(issued.expose()));
        let token = |access| hex::encode(token(&secret, &id, access).unwrap());
        assert_eq!(out["token"], token(Access::MEMBER));
        assert_eq!(out["token_with_delete"], token(Access(7)));
        let auth = MemberAuth::open(&secret.id(), &keys, issued.expose()).unwrap();
        let subaccount = auth.subaccount();
        assert_eq!(out["subaccount"], hex::encode(subaccount.token));
        assert_eq!(
            out["subaccount_signature"],
            hex::encode(subaccount.owner_signature)
        );
        let message = hex::decode(input["message"].as_str().unwrap()).unwrap();
        assert_eq!(out["signature"], hex::encode(auth.sign(&message)));
    }
}
