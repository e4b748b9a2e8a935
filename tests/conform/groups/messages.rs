//! Messages of groups, and permissions of members.

use anyhow::{Context, ensure};
use nous_protocol::account::{GroupId, Namespace};
use nous_protocol::auth::{self, Access, Signing};
use nous_protocol::group::message::{GroupSignature, open};
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::subaccount::{MemberAuth, issue, token};
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::Action;
use serde_json::{Value, json};

use crate::fields::{account, array, bytes, list};
use crate::table::Table;

/// Adds the operations of this family.
pub(crate) fn register(table: &mut Table) {
    table.operation("group.decrypt_message", decrypt_unbound);
    table.operation("group.open_message", open_bound);
    table.operation("group.subaccount", subaccount);
}

fn decrypt_unbound(input: &Value) -> anyhow::Result<Value> {
    opened(input, GroupSignature::Unbound)
}

fn open_bound(input: &Value) -> anyhow::Result<Value> {
    opened(input, GroupSignature::Bound)
}

fn opened(input: &Value, signature: GroupSignature) -> anyhow::Result<Value> {
    let group = GroupId::from_ed25519(array(input, "group_public_key")?);
    let ciphertext = bytes(input, "ciphertext")?;
    let opened = open(&group, &keys_of(input)?, &ciphertext, signature)?;
    Ok(json!({
        "sender_account_id": opened.sender.to_string(),
        "message": hex::encode(opened.plaintext),
        "ciphertext_size": ciphertext.len(),
    }))
}

/// The group's pair, from its 64-byte secret, which must give its public key.
fn group_secret(input: &Value) -> anyhow::Result<GroupSecret> {
    let pair: [u8; 64] = array(input, "group_secret_key")?;
    let seed = pair.first_chunk().context("no seed")?;
    let group = GroupId::from_ed25519(array(input, "group_public_key")?);
    GroupSecret::of_group(&group, seed).context("another public key")
}

fn subaccount(input: &Value) -> anyhow::Result<Value> {
    let (secret, member) = (group_secret(input)?, account(input, "member")?);
    let (group, id) = (secret.id(), member.account_id());
    let data = issue(&secret, &id, Access::MEMBER).context("no usable key")?;
    let with_delete = Access(Access::MEMBER.0 | Access::DELETE.0);
    let token_for = |access| token(&secret, &id, access).map(hex::encode);
    let member = MemberAuth::open(&group, &member, data.expose())?;
    let subaccount = member.subaccount();
    let message = bytes(input, "message")?;
    let action = retrieve(&message)?;
    let sign = |text: &[u8]| member.sign(text);
    let signing = Signing::Member {
        subaccount,
        sign: &sign,
    };
    let proof = signing.prove(&action);
    Ok(json!({
        "auth_data": hex::encode(data.expose()),
        "token": token_for(Access::MEMBER),
        "token_with_delete": token_for(with_delete),
        "subaccount": hex::encode(subaccount.token),
        "subaccount_signature": hex::encode(subaccount.owner_signature),
        "signature": hex::encode(member.sign(&message)),
        "verifies": auth::verify(&group.into(), &action, &proof).is_ok(),
    }))
}

/// The request whose signed text `message` is: `retrieve`, namespace 11, time.
fn retrieve(message: &[u8]) -> anyhow::Result<Action> {
    let time = message.strip_prefix(b"retrieve11").context("another request")?;
    let time = std::str::from_utf8(time)?.parse()?;
    let action = Action::Retrieve {
        namespace: Namespace(11),
        timestamp: Timestamp::from_ms(time),
        last_hash: None,
        max_count: None,
        max_size: None,
    };
    ensure!(auth::signed_text(&action) == message, "another request");
    Ok(action)
}

fn keys_of(input: &Value) -> anyhow::Result<Vec<[u8; 32]>> {
    let read = |key: &Value| {
        let bytes = hex::decode(key.as_str().context("a key is no text")?)?;
        bytes.try_into().ok().context("a key has not 32 bytes")
    };
    list(input, "encryption_keys")?.iter().map(read).collect()
}
