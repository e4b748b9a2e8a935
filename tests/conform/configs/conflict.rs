//! Operations in which two devices of an account diverge.

use anyhow::ensure;
use nous_protocol::config::contacts::Contacts;
use nous_protocol::config::user_profile::UserProfile;
use nous_protocol::keys::IdentityKeys;
use serde_json::{Value, json};

use super::device::{Config, Device, open};
use super::{fields, now, opened};
use crate::fields::{account, bytes, number, text};
use crate::table::Table;

/// Adds the operations.
pub(super) fn register(table: &mut Table) {
    table.normalised(
        "config.user_profile.conflict",
        user_profile,
        opened::normalise::<UserProfile>,
    );
    table.normalised(
        "config.contacts.conflict",
        contacts,
        opened::normalise::<Contacts>,
    );
}

/// A device that holds what it pushed on top of the base, stored under the given hash.
fn diverged<'a, T: Config>(
    keys: &'a IdentityKeys,
    input: &Value,
    own: &Value,
) -> anyhow::Result<Device<'a, T>> {
    let mut device = Device::<T>::new(keys, now(input));
    device.merge(text(&input["base"], "hash")?, &bytes(&input["base"], "message")?)?;
    device.merge(text(own, "hash")?, &bytes(own, "message")?)?;
    let seqno = u64::try_from(device.config.state().seqno())?;
    ensure!(seqno == number(own, "seqno")?, "seqno {seqno} before the merge");
    ensure!(
        !device.config.state().needs_push(),
        "needs a push before the merge"
    );
    device.delete_obsolete();
    Ok(device)
}

/// Both devices, each after it got the other's message.
fn merged<'a, T: Config>(
    keys: &'a IdentityKeys,
    input: &Value,
    names: [&str; 2],
) -> anyhow::Result<[Device<'a, T>; 2]> {
    let [one, two] = names.map(|name| &input[name]);
    let mut devices = [diverged(keys, input, one)?, diverged(keys, input, two)?];
    for (device, other) in devices.iter_mut().zip([two, one]) {
        device.merge(text(other, "hash")?, &bytes(other, "message")?)?;
        device.dump_and_reload()?;
    }
    Ok(devices)
}

/// Setting the device's fields on the base must push its message.
fn check_profile_message(keys: &IdentityKeys, input: &Value, own: &Value) -> anyhow::Result<()> {
    let mut device = Device::<UserProfile>::new(keys, now(input));
    device.merge(text(&input["base"], "hash")?, &bytes(&input["base"], "message")?)?;
    fields::set_profile(&mut device.config, own)?;
    let push = device.push()?;
    let recorded = open::<UserProfile>(keys, &bytes(own, "message")?)?;
    ensure!(
        push.opened.plaintext == recorded.plaintext,
        "pushes another message"
    );
    Ok(())
}

fn user_profile(input: &Value) -> anyhow::Result<Value> {
    let keys = account(input, "account")?;
    let names = ["device_one", "device_two"];
    for name in names {
        check_profile_message(&keys, input, &input[name])?;
    }
    let [mut one, mut two] = merged::<UserProfile>(&keys, input, names)?;
    let needs_push = [&one, &two].map(|device| device.config.state().needs_push());
    let is_same = one.config.state().data() == two.config.state().data();
    let mut answer = fields::profile_json(&one.config);
    let result = json!({
        "same_on_both": is_same,
        "device_one_needs_push": needs_push[0],
        "device_two_needs_push": needs_push[1],
        "merged_push": one.push()?.to_json(),
        "merged_push_two": two.push()?.to_json(),
    });
    if let (Some(answer), Value::Object(result)) = (answer.as_object_mut(), result) {
        answer.extend(result);
    }
    Ok(answer)
}

fn contacts(input: &Value) -> anyhow::Result<Value> {
    let keys = account(input, "account")?;
    let [mut one, mut two] = merged::<Contacts>(&keys, input, ["one", "two"])?;
    let needs_push = one.config.state().needs_push();
    let (first, second) = (one.push()?, two.push()?);
    Ok(json!({
        "needs_push": needs_push,
        "merged_seqno": first.seqno,
        "merged_plaintext": hex::encode(&first.opened.plaintext),
        "merged_plaintext_two": hex::encode(&second.opened.plaintext),
        "obsolete": first.obsolete,
        "contacts": fields::contacts_json(&one.config),
    }))
}
