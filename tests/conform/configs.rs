//! Operations of `configs.json`: what setting fields pushes, and how diverging changes merge.

mod conflict;
mod device;
mod fields;
mod opened;

use std::time::Duration;

use nous_protocol::config::contacts::Contacts;
use nous_protocol::config::convo_info_volatile::ConvoInfoVolatile;
use nous_protocol::config::user_groups::UserGroups;
use nous_protocol::config::user_profile::UserProfile;
use nous_protocol::time::Timestamp;
use serde_json::{Value, json};

use crate::fields::{account, bytes, list, number, text};
use crate::table::Table;
use device::{Config, Device};

/// Adds the operations of this family.
pub(crate) fn register(table: &mut Table) {
    table.normalised(
        "config.user_profile",
        user_profile,
        opened::normalise::<UserProfile>,
    );
    table.normalised("config.contacts", contacts, opened::normalise::<Contacts>);
    table.normalised(
        "config.convo_info_volatile",
        volatile,
        opened::normalise::<ConvoInfoVolatile>,
    );
    table.normalised("config.user_groups", user_groups, opened::normalise::<UserGroups>);
    table.normalised(
        "config.contacts.load",
        contacts_load,
        opened::normalise::<Contacts>,
    );
    conflict::register(table);
}

/// The time of the operation; where none is given, one that makes nothing old.
fn now(input: &Value) -> Timestamp {
    let ms = input.get("now_ms").and_then(Value::as_i64);
    Timestamp::from_ms(ms.unwrap_or(1_736_899_200_000))
}

/// Another device that gets the pushed message.
fn reader<'a, T: Config>(pusher: &Device<'a, T>, message: &[u8]) -> anyhow::Result<Device<'a, T>> {
    let mut device = pusher.sibling();
    device.merge("pushed", message)?;
    Ok(device)
}

fn user_profile(input: &Value) -> anyhow::Result<Value> {
    let keys = account(input, "account")?;
    let mut device = Device::<UserProfile>::new(&keys, now(input));
    fields::set_profile(&mut device.config, &input["set"])?;
    fields::check_profile(&device.config, &input["set"])?;
    let first = device.push()?;
    fields::check_profile(&reader(&device, &first.message)?.config, &input["set"])?;
    device.confirm(first.seqno, "fakehash1");
    let dump = device.dump_and_reload()?;
    fields::set_profile(&mut device.config, &input["then_set"])?;
    let second = device.push()?;
    fields::check_profile(&reader(&device, &second.message)?.config, &input["then_set"])?;
    Ok(json!({
        "first_push": first.to_json(),
        "confirmed_hash": "fakehash1",
        "dump_after_first": hex::encode(dump),
        "second_push": second.to_json(),
    }))
}

fn contacts(input: &Value) -> anyhow::Result<Value> {
    let keys = account(input, "account")?;
    let mut device = Device::<Contacts>::new(&keys, now(input));
    for contact in list(input, "set")? {
        device.config.set(&fields::contact(contact)?);
    }
    let push = device.push()?;
    let read = reader(&device, &push.message)?;
    Ok(json!({
        "push": push.to_json(),
        "contacts": fields::contacts_json(&read.config),
        "dump": hex::encode(device.dump_and_reload()?),
    }))
}

fn contacts_load(input: &Value) -> anyhow::Result<Value> {
    let keys = account(input, "account")?;
    let mut device = Device::<Contacts>::new(&keys, now(input));
    device.merge(text(input, "hash")?, &bytes(input, "message")?)?;
    device.dump_and_reload()?;
    Ok(json!({
        "seqno": device.config.state().seqno(),
        "contacts": fields::contacts_json(&device.config),
    }))
}

fn volatile(input: &Value) -> anyhow::Result<Value> {
    number(input, "now_ms")?;
    let keys = account(input, "account")?;
    let now = now(input);
    let mut device = Device::<ConvoInfoVolatile>::new(&keys, now);
    for entry in list(input, "set")? {
        fields::set_convo(&mut device.config, entry, now)?;
    }
    let push = device.push()?;
    let read = reader(&device, &push.message)?;
    for entry in list(input, "set")? {
        fields::check_convo(&read.config, entry)?;
    }
    // What is shared stays so for a while.
    let mut later = device.sibling();
    later.now = now + Duration::from_secs(60);
    later.merge("pushed", &push.message)?;
    device.dump_and_reload()?;
    Ok(json!({ "push": push.to_json(), "dump": hex::encode(device.dump_and_reload()?) }))
}

fn user_groups(input: &Value) -> anyhow::Result<Value> {
    let keys = account(input, "account")?;
    let mut device = Device::<UserGroups>::new(&keys, now(input));
    for entry in list(input, "set")? {
        fields::set_group(&mut device.config, entry)?;
    }
    let push = device.push()?;
    let read = reader(&device, &push.message)?;
    for entry in list(input, "set")? {
        fields::check_group(&read.config, entry)?;
    }
    Ok(json!({ "push": push.to_json(), "dump": hex::encode(device.dump_and_reload()?) }))
}
