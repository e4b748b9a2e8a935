//! The fields of cases, set and read.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use nous_protocol::account::{AccountId, GroupId};
use nous_protocol::blinding::BlindedId;
use nous_protocol::config::community::RoomAddress;
use nous_protocol::config::contacts::{Contact, Contacts};
use nous_protocol::config::convo_info_volatile::{Convo, ConvoInfoVolatile, ReadState};
use nous_protocol::config::fields::{NotifyMode, Picture, Timer, TimerStart};
use nous_protocol::config::user_groups::{Community, Group, GroupSettings, LegacyGroup, Removal, UserGroups};
use nous_protocol::config::user_profile::UserProfile;
use nous_protocol::time::Timestamp;
use serde_json::{Value, json};

use crate::fields::{MissingField, array, bytes, text};

/// A number that is 0 where it is not given.
fn number(input: &Value, key: &str) -> anyhow::Result<i64> {
    match input.get(key) {
        None | Some(Value::Null) => Ok(0),
        Some(value) => value.as_i64().ok_or_else(|| MissingField(key.to_owned()).into()),
    }
}

/// A flag that is off where it is not given.
fn flag(input: &Value, key: &str) -> bool {
    input.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// A text that is empty where it is not given.
fn optional_text<'a>(input: &'a Value, key: &str) -> &'a str {
    input.get(key).and_then(Value::as_str).unwrap_or("")
}

fn notify(number: i64) -> NotifyMode {
    match number {
        1 => NotifyMode::All,
        2 => NotifyMode::Disabled,
        3 => NotifyMode::MentionsOnly,
        _ => NotifyMode::Default,
    }
}

fn notify_number(notify: NotifyMode) -> i64 {
    match notify {
        NotifyMode::Default => 0,
        NotifyMode::All => 1,
        NotifyMode::Disabled => 2,
        NotifyMode::MentionsOnly => 3,
    }
}

fn picture(input: &Value) -> anyhow::Result<Option<Picture>> {
    let url = optional_text(input, "pic_url");
    if url.is_empty() || optional_text(input, "pic_key").is_empty() {
        return Ok(None);
    }
    let url = url.to_owned();
    Ok(Some(Picture {
        url,
        key: array(input, "pic_key")?,
    }))
}

fn picture_json(picture: Option<&Picture>) -> (String, String) {
    picture.map_or_else(Default::default, |picture| {
        (picture.url.clone(), hex::encode(picture.key))
    })
}

/// Sets the fields that are given, without a time.
pub(super) fn set_profile(profile: &mut UserProfile, set: &Value) -> anyhow::Result<()> {
    if set.get("pic_url").is_some() {
        profile.set_picture(picture(set)?.as_ref(), None);
    }
    if let Some(name) = set.get("name").and_then(Value::as_str) {
        profile.set_name(name, None);
    }
    if set.get("nts_priority").is_some() {
        profile.set_note_priority(number(set, "nts_priority")?);
    }
    if set.get("nts_expiry_seconds").is_some() {
        profile.set_note_timer_seconds(Some(number(set, "nts_expiry_seconds")?));
    }
    if let Some(accepts) = set.get("blinded_msgreqs") {
        profile.set_community_requests(accepts.as_bool(), None);
    }
    Ok(())
}

/// All fields of a profile.
pub(super) fn profile_json(profile: &UserProfile) -> Value {
    let (url, key) = picture_json(profile.picture().as_ref());
    json!({
        "name": profile.name().unwrap_or_default(),
        "pic_url": url,
        "pic_key": key,
        "nts_priority": profile.note_priority(),
        "nts_expiry_seconds": profile.note_timer_seconds().unwrap_or(0),
        "blinded_msgreqs": profile.community_requests(),
    })
}

/// The fields that are given must read as they were set.
pub(super) fn check_profile(profile: &UserProfile, set: &Value) -> anyhow::Result<()> {
    let read = profile_json(profile);
    for (key, value) in set.as_object().context("no fields")? {
        ensure!(
            read.get(key) == Some(value),
            "`{key}` does not read as it was set"
        );
    }
    Ok(())
}

fn account_id(input: &Value, key: &str) -> anyhow::Result<AccountId> {
    Ok(AccountId::from_hex(text(input, key)?)?)
}

/// A contact of a case.
pub(super) fn contact(input: &Value) -> anyhow::Result<Contact> {
    let start = match number(input, "expiry_mode")? {
        1 => Some(TimerStart::Sent),
        2 => Some(TimerStart::Read),
        _ => None,
    };
    let seconds = number(input, "expiry_seconds")?;
    Ok(Contact {
        name: text(input, "name")?.to_owned(),
        nickname: optional_text(input, "nickname").to_owned(),
        picture: picture(input)?,
        is_approved: flag(input, "approved"),
        has_approved_us: flag(input, "approved_me"),
        is_blocked: flag(input, "blocked"),
        priority: number(input, "priority")?,
        notify: notify(number(input, "notifications")?),
        mute_until: number(input, "mute_until")?,
        timer: start.map(|start| Timer { start, seconds }),
        created: number(input, "created")?,
        ..Contact::new(account_id(input, "account_id")?)
    })
}

/// All contacts, by ascending id.
pub(super) fn contacts_json(contacts: &Contacts) -> Value {
    let all = contacts.iter().map(|contact| {
        let (url, key) = picture_json(contact.picture.as_ref());
        let mode = contact.timer.map_or(0, |timer| match timer.start {
            TimerStart::Sent => 1,
            TimerStart::Read => 2,
        });
        json!({
            "account_id": contact.id.to_string(),
            "name": contact.name,
            "nickname": contact.nickname,
            "pic_url": url,
            "pic_key": key,
            "approved": contact.is_approved,
            "approved_me": contact.has_approved_us,
            "blocked": contact.is_blocked,
            "priority": contact.priority,
            "notifications": notify_number(contact.notify),
            "mute_until": contact.mute_until,
            "expiry_mode": mode,
            "expiry_seconds": contact.timer.map_or(0, |timer| timer.seconds),
            "created": contact.created,
        })
    });
    all.collect()
}

fn convo(entry: &Value) -> anyhow::Result<Convo> {
    Ok(match text(entry, "type")? {
        "one_to_one" => Convo::Person(account_id(entry, "id")?),
        "legacy_group" => Convo::LegacyGroup(account_id(entry, "id")?),
        "group" => Convo::Group(GroupId::from_hex(text(entry, "id")?).context("no group id")?),
        "blinded_one_to_one" => {
            Convo::Blinded(BlindedId::from_hex(text(entry, "id")?).context("no blinded id")?)
        }
        "community" => Convo::Room(RoomAddress::new(text(entry, "base_url")?, text(entry, "room")?)?),
        other => anyhow::bail!("a conversation of type `{other}`"),
    })
}

fn read_state(entry: &Value) -> anyhow::Result<ReadState> {
    Ok(ReadState {
        last_read_ms: number(entry, "last_read")?,
        is_unread: flag(entry, "unread"),
        pro: None,
    })
}

/// Sets a conversation of a case.
pub(super) fn set_convo(config: &mut ConvoInfoVolatile, entry: &Value, now: Timestamp) -> anyhow::Result<()> {
    let convo = convo(entry)?;
    if let Convo::Room(address) = &convo {
        config.set_server_key(address, &array(entry, "public_key")?);
    }
    config.set(&convo, &read_state(entry)?, now);
    Ok(())
}

/// A conversation must read as it was set.
pub(super) fn check_convo(config: &ConvoInfoVolatile, entry: &Value) -> anyhow::Result<()> {
    let convo = convo(entry)?;
    let is_same = config.get(&convo) == Some(read_state(entry)?);
    ensure!(is_same, "a conversation does not read as it was set");
    if let Convo::Room(address) = &convo {
        let key = config.server_key(address);
        ensure!(key == Some(array(entry, "public_key")?), "another server key");
    }
    Ok(())
}

fn settings(entry: &Value) -> anyhow::Result<GroupSettings> {
    Ok(GroupSettings {
        priority: number(entry, "priority")?,
        notify: notify(number(entry, "notifications")?),
        mute_until: number(entry, "mute_until")?,
        joined: number(entry, "joined_at")?,
        is_invitation: flag(entry, "invited"),
    })
}

fn group(entry: &Value) -> anyhow::Result<Group> {
    let mut group = Group::new(GroupId::from_hex(text(entry, "id")?).context("no group id")?);
    group.name = text(entry, "name")?.to_owned();
    let secret = optional_text(entry, "secret_key");
    if !secret.is_empty() {
        let secret = bytes(entry, "secret_key")?;
        let seed = secret.first_chunk::<32>().context("no secret key")?;
        group.admin_seed = Some(*seed);
    }
    if !optional_text(entry, "auth_data").is_empty() {
        group.auth_data = Some(array(entry, "auth_data")?);
    }
    group.removal = match number(entry, "removed_status")? {
        1 => Removal::Kicked,
        2 => Removal::Destroyed,
        _ => Removal::None,
    };
    group.settings = settings(entry)?;
    Ok(group)
}

fn community(entry: &Value) -> anyhow::Result<Community> {
    let key = array(entry, "public_key")?;
    let mut community = Community::new(text(entry, "base_url")?, text(entry, "room")?, key)?;
    community.settings = settings(entry)?;
    Ok(community)
}

fn members(entry: &Value, key: &str) -> anyhow::Result<BTreeSet<AccountId>> {
    let ids = entry.get(key).and_then(Value::as_array);
    let ids = ids.into_iter().flatten().filter_map(Value::as_str);
    ids.map(|id| Ok(AccountId::from_hex(id)?)).collect()
}

fn legacy_group(entry: &Value) -> anyhow::Result<LegacyGroup> {
    let timer = number(entry, "disappearing_timer")?;
    Ok(LegacyGroup {
        name: text(entry, "name")?.to_owned(),
        members: members(entry, "members")?,
        admins: members(entry, "admins")?,
        timer_seconds: (timer > 0).then_some(timer),
        settings: settings(entry)?,
        ..LegacyGroup::new(account_id(entry, "id")?)
    })
}

/// Sets a group or room of a case.
pub(super) fn set_group(groups: &mut UserGroups, entry: &Value) -> anyhow::Result<()> {
    match text(entry, "type")? {
        "group" => groups.set_group(&group(entry)?),
        "community" => groups.set_community(&community(entry)?),
        "legacy_group" => groups.set_legacy_group(&legacy_group(entry)?),
        other => anyhow::bail!("a group of type `{other}`"),
    }
    Ok(())
}

/// A group or room must read as it was set.
pub(super) fn check_group(groups: &UserGroups, entry: &Value) -> anyhow::Result<()> {
    let is_same = match text(entry, "type")? {
        "group" => {
            let group = group(entry)?;
            groups.group(&group.id) == Some(group)
        }
        "legacy_group" => {
            let group = legacy_group(entry)?;
            groups.legacy_group(&group.id) == Some(group)
        }
        _ => {
            let community = community(entry)?;
            let normalised = entry.get("room_normalized").and_then(Value::as_str);
            ensure!(
                normalised.is_none_or(|room| room == community.address.room()),
                "another room"
            );
            let url = entry.get("full_url").and_then(Value::as_str);
            ensure!(
                url.is_none_or(|url| url == community.full_url()),
                "another full url"
            );
            groups.community(&community.address) == Some(community)
        }
    };
    ensure!(is_same, "a group does not read as it was set");
    Ok(())
}
