//! Operations about keys, information and members of groups.

use anyhow::{Context, ensure};
use nous_protocol::account::{AccountId, GroupId};
use nous_protocol::config::group_info::GroupInfo;
use nous_protocol::config::group_members::{GroupMember, GroupMembers, Progress};
use nous_protocol::config::state::{ConfigState, MergeOutcome};
use nous_protocol::config::{crypto, form};
use nous_protocol::group::keys::{GroupKeys, KeyReader};
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::state::GroupState;
use nous_protocol::keys::IdentityKeys;
use nous_protocol::time::Timestamp;
use serde_json::{Value, json};

use crate::fields::{account, account_of, array, bytes, list, number, text};
use crate::table::Table;

/// Adds the operations.
pub(super) fn register(table: &mut Table) {
    table.operation("group.load", load);
    table.operation("group.load_keys", load_keys);
    table.operation("group.load_keys_in_order", load_keys_in_order);
    table.in_file("group.rekey", rekey);
}

fn group_id(input: &Value) -> anyhow::Result<GroupId> {
    Ok(GroupId::from_ed25519(array(input, "group_public_key")?))
}

/// The secret of a case that has one; its first half is the seed.
fn secret(input: &Value) -> anyhow::Result<GroupSecret> {
    let whole: [u8; 64] = array(input, "group_secret_key")?;
    let (seed, _) = whole.split_first_chunk::<32>().context("no seed")?;
    GroupSecret::of_group(&group_id(input)?, seed).context("the secret is another group's")
}

fn time(input: &Value) -> anyhow::Result<Timestamp> {
    Ok(Timestamp::from_wire(number(input, "timestamp_ms")?))
}

/// Loads a key message; whether there was a key for the reader in it.
fn load_message(keys: &mut GroupKeys, message: &Value, reader: &KeyReader<'_>) -> anyhow::Result<bool> {
    let found = keys.load(
        text(message, "hash")?,
        &bytes(message, "data")?,
        time(message)?,
        reader,
    )?;
    let kept = GroupKeys::load_dump(keys.group(), &keys.dump())?;
    ensure!(kept == *keys, "other keys in their row");
    Ok(found)
}

fn newest(keys: &GroupKeys) -> Option<String> {
    keys.loaded().next().map(|key| hex::encode(key.expose()))
}

const fn member(account: &IdentityKeys) -> KeyReader<'_> {
    KeyReader {
        account,
        secret: None,
    }
}

fn load_keys(input: &Value) -> anyhow::Result<Value> {
    let keys = account(input, "member")?;
    let mut group = GroupKeys::new(group_id(input)?);
    let found = load_message(&mut group, input, &member(&keys))?;
    Ok(json!({ "found_key": found, "encryption_key": newest(&group) }))
}

fn load_keys_in_order(input: &Value) -> anyhow::Result<Value> {
    let keys = account(input, "member")?;
    let mut group = GroupKeys::new(group_id(input)?);
    for message in list(input, "messages")? {
        load_message(&mut group, message, &member(&keys))?;
    }
    Ok(json!({ "encryption_key": newest(&group), "key_count": group.loaded().count() }))
}

/// The serialised config in a stored message.
fn plaintext(message: &[u8], key: &[u8; 32], domain: &str) -> anyhow::Result<Vec<u8>> {
    let padded = crypto::decrypt(message, key, domain)?;
    form::inflate(crypto::unpad(&padded).to_vec()).context("does not inflate")
}

fn accepted(outcome: &MergeOutcome) -> anyhow::Result<()> {
    match outcome.rejected.first() {
        Some((_, error)) => Err((*error).into()),
        None => Ok(()),
    }
}

/// Takes a config as it was stored under `hash`; its row must give the same config again.
fn merge(
    group: &mut GroupState,
    info: Option<(&str, &[u8])>,
    members: Option<(&str, &[u8])>,
    secret: Option<&GroupSecret>,
) -> anyhow::Result<()> {
    let now = Timestamp::from_ms(1_720_000_200_000);
    accepted(&group.merge_info(info.as_slice(), secret, now))?;
    accepted(&group.merge_members(members.as_slice(), secret, now))?;
    is_kept(group.info_mut().state_mut())?;
    is_kept(group.members_mut().state_mut())
}

fn is_kept(state: &mut ConfigState) -> anyhow::Result<()> {
    let kept = ConfigState::load(&state.dump())?;
    ensure!(kept == *state, "another config in its row");
    Ok(())
}

fn stored(input: &Value) -> anyhow::Result<(&str, Vec<u8>)> {
    Ok((text(input, "hash")?, bytes(input, "data")?))
}

fn load(input: &Value) -> anyhow::Result<Value> {
    let (admin, secret) = (account(input, "admin")?, secret(input)?);
    let mut group = GroupState::new(secret.id());
    let reader = KeyReader {
        account: &admin,
        secret: Some(&secret),
    };
    load_message(group.keys_mut(), &input["keys_message"], &reader)?;
    let (info, members) = (
        stored(&input["info_message"])?,
        stored(&input["members_message"])?,
    );
    merge(
        &mut group,
        Some((info.0, &info.1)),
        Some((members.0, &members.1)),
        Some(&secret),
    )?;
    for one in list(input, "members")? {
        members_agree(&group, input, &account_of(one)?)?;
    }
    same_bytes(&group, &secret, input)?;
    let key = *group.keys().loaded().next().context("no key")?.expose();
    Ok(json!({
        "group_id": group.id().to_string(),
        "encryption_key": hex::encode(key),
        "generation": group.keys().generation(),
        "info": info_json(group.info()),
        "info_plaintext": hex::encode(plaintext(&info.1, &key, GroupInfo::DOMAIN)?),
        "members_plaintext": hex::encode(plaintext(&members.1, &key, GroupMembers::DOMAIN)?),
        "members": group.members().iter().map(|member| member_json(&member)).collect::<Vec<_>>(),
        "members_seqno": group.members().state().seqno(),
    }))
}

/// A member reads what the admin reads.
fn members_agree(group: &GroupState, input: &Value, keys: &IdentityKeys) -> anyhow::Result<()> {
    let mut own = GroupState::new(group.id());
    load_message(own.keys_mut(), &input["keys_message"], &member(keys))?;
    let (info, members) = (
        stored(&input["info_message"])?,
        stored(&input["members_message"])?,
    );
    merge(
        &mut own,
        Some((info.0, &info.1)),
        Some((members.0, &members.1)),
        None,
    )?;
    ensure!(own == *group, "a member reads another group");
    Ok(())
}

/// An admin who makes the same group stores the same bytes.
fn same_bytes(group: &GroupState, secret: &GroupSecret, input: &Value) -> anyhow::Result<()> {
    let mut own = GroupState::new(group.id());
    let (said, mut info) = (group.info(), own.info_mut().edit(secret));
    info.name(&said.name());
    info.description(&said.description());
    info.created(said.created());
    info.timer_seconds(said.timer_seconds());
    for member in group.members().iter() {
        own.members_mut().set(secret, &member);
    }
    own.rekey(secret)?;
    let push = own.push(secret, Timestamp::from_ms(1_720_000_200_000))?;
    let recorded = |key: &str| bytes(&input[key], "data");
    ensure!(
        push.keys == Some(recorded("keys_message")?),
        "makes another key message"
    );
    let key = *own.keys().all().first().context("no key")?;
    let same = |pushed: &[Vec<u8>], recorded: &[u8], domain: &str| -> anyhow::Result<bool> {
        let [message] = pushed else { return Ok(false) };
        Ok(plaintext(message, &key, domain)? == plaintext(recorded, &key, domain)?)
    };
    let info = push.info.context("no information to store")?;
    let members = push.members.context("no members to store")?;
    ensure!(
        same(&info.messages, &recorded("info_message")?, GroupInfo::DOMAIN)?,
        "makes other information"
    );
    ensure!(
        same(
            &members.messages,
            &recorded("members_message")?,
            GroupMembers::DOMAIN
        )?,
        "makes another list of members"
    );
    Ok(())
}

fn info_json(info: &GroupInfo) -> Value {
    json!({
        "name": info.name(),
        "description": info.description(),
        "created": info.created(),
        "expiry_seconds": info.timer_seconds(),
        "seqno": info.state().seqno(),
    })
}

fn member_json(member: &GroupMember) -> Value {
    json!({
        "account_id": member.id.to_string(),
        "name": member.name,
        "pic_url": member.picture.as_ref().map_or("", |picture| &picture.url),
        "admin": member.is_admin,
        "supplement": member.with_history,
        "invite_status": Progress::number(member.invitation),
        "promotion_status": Progress::number(member.promotion),
        "removed_status": member.leaving.number(),
        "status": member.status(false) as u8,
    })
}

/// The earlier case of the file in which this group was made.
fn founding<'a>(file: &'a Value, input: &Value) -> anyhow::Result<&'a Value> {
    let group = text(input, "group_public_key")?;
    let made = |case: &&Value| case["op"] == "group.load" && case["in"]["group_public_key"] == group;
    let case = list(file, "cases")?.iter().find(made);
    Ok(&case.context("no case in which the group was made")?["in"])
}

/// A member is removed: who stays finds the next key, who was removed does not; the admin's
/// messages are made again.
fn rekey(file: &Value, input: &Value) -> anyhow::Result<Value> {
    let (kept, removed) = (account(input, "kept")?, account(input, "removed")?);
    let mut stays = GroupState::new(group_id(input)?);
    load_message(stays.keys_mut(), &input["first"], &member(&kept))?;
    let kept_found = load_message(stays.keys_mut(), &input["second"], &member(&kept))?;
    let mut gone = GroupKeys::new(group_id(input)?);
    load_message(&mut gone, &input["first"], &member(&removed))?;
    let removed_found = load_message(&mut gone, &input["second"], &member(&removed))?;
    let (info, members) = (bytes(input, "info_message")?, bytes(input, "members_message")?);
    merge(&mut stays, Some(("ih2", &info)), Some(("mh3", &members)), None)?;
    ensure!(
        stays.members().get(&removed.account_id()).is_none(),
        "the removed member is still there"
    );
    let keys: Vec<String> = stays
        .keys()
        .loaded()
        .map(|key| hex::encode(key.expose()))
        .collect();
    Ok(json!({
        "kept_found_key": kept_found,
        "removed_found_key": removed_found,
        "encryption_key": newest(stays.keys()),
        "generation": stays.keys().generation(),
        "obsolete_info": rotate(founding(file, input)?, input, &stays, &info)?,
        "kept_keys": keys,
        "info_seqno": stays.info().state().seqno(),
        "members_seqno": stays.members().state().seqno(),
    }))
}

/// The admin rotates; the messages must be those of the case. What the push makes obsolete.
fn rotate(founding: &Value, input: &Value, stays: &GroupState, info: &[u8]) -> anyhow::Result<Vec<String>> {
    let (admin, secret) = (account(founding, "admin")?, secret(founding)?);
    let mut group = GroupState::new(secret.id());
    let reader = KeyReader {
        account: &admin,
        secret: Some(&secret),
    };
    load_message(group.keys_mut(), &input["first"], &reader)?;
    let first = stored(&founding["info_message"])?;
    merge(&mut group, Some((first.0, &first.1)), None, Some(&secret))?;
    let members: Vec<AccountId> = stays.members().iter().map(|member| member.id).collect();
    for id in &members {
        group.members_mut().set(&secret, &GroupMember::invited(*id));
    }
    group.rekey(&secret)?;
    let push = group.push(&secret, Timestamp::from_ms(1_720_000_200_000))?;
    ensure!(
        push.keys == Some(bytes(&input["second"], "data")?),
        "makes another key message"
    );
    let pushed = push.info.context("no information to store")?;
    let key = *group.keys().all().first().context("no key")?;
    let [message] = pushed.messages.as_slice() else {
        anyhow::bail!("{} parts", pushed.messages.len());
    };
    ensure!(
        plaintext(message, &key, GroupInfo::DOMAIN)? == plaintext(info, &key, GroupInfo::DOMAIN)?,
        "makes other information"
    );
    Ok(pushed.obsolete)
}
