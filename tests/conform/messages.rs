//! Operations of `messages.json`.

use anyhow::Context;
use nous_protocol::account::AccountId;
use nous_protocol::blinding::BlindedId;
use nous_protocol::envelope::blinded::open_blinded;
use nous_protocol::envelope::multi::{decrypt_simple, encrypt_each, encrypt_simple};
use nous_protocol::envelope::{open_signed, seal_signed_deterministic, sign_for_recipient};
use nous_protocol::ons::OnsName;
use serde_json::{Value, json};

use crate::fields::{account, account_of, array, bytes, list, number, text};
use crate::table::Table;

/// Adds the operations of this family.
pub(crate) fn register(table: &mut Table) {
    table.operation("message.sign_for_recipient", sign);
    table.operation("message.encrypt_deterministic", encrypt_deterministic);
    table.operation("message.decrypt", decrypt);
    table.operation("message.decrypt_blinded", decrypt_blinded);
    table.operation("multi.encrypt", multi_encrypt);
    table.operation("multi.encrypt_simple", multi_encrypt_simple);
    table.operation("multi.decrypt_simple", multi_decrypt_simple);
    table.operation("ons.decrypt", ons_decrypt);
}

fn recipient_of(input: &Value) -> anyhow::Result<AccountId> {
    Ok(AccountId::from_x25519(array(input, "recipient_x25519")?))
}

fn sign(input: &Value) -> anyhow::Result<Value> {
    let (sender, recipient) = (account(input, "sender")?, recipient_of(input)?);
    let signed = sign_for_recipient(&sender, &recipient, &bytes(input, "message")?);
    Ok(json!({ "signed": hex::encode(signed.as_slice()) }))
}

fn encrypt_deterministic(input: &Value) -> anyhow::Result<Value> {
    let (sender, recipient) = (account(input, "sender")?, recipient_of(input)?);
    let sealed = seal_signed_deterministic(&sender, &recipient, &bytes(input, "message")?)?;
    Ok(json!({ "ciphertext": hex::encode(sealed) }))
}

fn decrypt(input: &Value) -> anyhow::Result<Value> {
    let opened = open_signed(&account(input, "recipient")?, &bytes(input, "ciphertext")?)?;
    Ok(json!({
        "message": hex::encode(&opened.message),
        "sender_ed25519": hex::encode(opened.sender_ed25519),
        "sender_account_id": opened.sender.to_string(),
    }))
}

fn decrypt_blinded(input: &Value) -> anyhow::Result<Value> {
    let id = |key| -> anyhow::Result<BlindedId> {
        BlindedId::from_hex(text(input, key)?).context("no blinded id")
    };
    let (sender, message) = open_blinded(
        &account(input, "recipient")?,
        &array(input, "server_public_key")?,
        &id("sender_blinded_id")?,
        &id("recipient_blinded_id")?,
        &bytes(input, "ciphertext")?,
    )?;
    Ok(json!({ "message": hex::encode(message), "sender_account_id": sender.to_string() }))
}

fn recipients_of(input: &Value) -> anyhow::Result<Vec<[u8; 32]>> {
    let accounts = list(input, "recipients")?;
    accounts
        .iter()
        .map(|account| Ok(account_of(account)?.x25519_public()))
        .collect()
}

fn multi_encrypt(input: &Value) -> anyhow::Result<Value> {
    let texts = encrypt_each(
        &account(input, "sender")?,
        &recipients_of(input)?,
        &array(input, "nonce")?,
        text(input, "domain")?,
        &bytes(input, "message")?,
    )?;
    let texts: Vec<String> = texts.iter().map(hex::encode).collect();
    Ok(json!({ "ciphertexts": texts }))
}

fn multi_encrypt_simple(input: &Value) -> anyhow::Result<Value> {
    let encoded = encrypt_simple(
        &account(input, "sender")?,
        &recipients_of(input)?,
        &bytes(input, "message")?,
        text(input, "domain")?,
        &array(input, "nonce")?,
        usize::try_from(number(input, "pad")?)?,
        &mut rand::rng(),
    )?;
    Ok(json!({ "encoded": hex::encode(encoded) }))
}

fn multi_decrypt_simple(input: &Value) -> anyhow::Result<Value> {
    let message = decrypt_simple(
        &account(input, "recipient")?,
        &array(input, "sender_ed25519")?,
        &bytes(input, "encoded")?,
        text(input, "domain")?,
    )?;
    Ok(json!({ "message": hex::encode(message) }))
}

fn ons_decrypt(input: &Value) -> anyhow::Result<Value> {
    let name = OnsName::parse(text(input, "name")?)?;
    let nonce = match input.get("nonce") {
        None | Some(Value::Null) => None,
        Some(_) => Some(bytes(input, "nonce")?),
    };
    let id = name.open(&bytes(input, "ciphertext")?, nonce.as_deref())?;
    Ok(json!({ "account_id": id.to_string() }))
}
