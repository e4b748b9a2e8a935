//! One function for each decoder that bytes from strangers reach: it must not panic, and
//! what it accepts must survive being written and read again.
//!
//! An ordinary test runs them over the kept corpus, `tests/fuzz/corpus/<name>/`;
//! `tests/fuzz/` wraps them for cargo-fuzz.

use nous_client::{directory, qr};
use nous_protocol::account::{Namespace, SwarmAccount};
use nous_protocol::address::{self, Recognised};
use nous_protocol::attachment::legacy;
use nous_protocol::attachment::picture::{self, Form};
use nous_protocol::auth;
use nous_protocol::config::message::ConfigMessage;
use nous_protocol::config::parts::{Part, PartSets};
use nous_protocol::config::{crypto, wrap};
use nous_protocol::content;
use nous_protocol::envelope;
use nous_protocol::keys::{IdentityKeys, Seed};
use nous_protocol::mnemonic;
use nous_protocol::onion::{self, Peeled, v4};
use nous_protocol::time::Timestamp;
use nous_protocol::wire::bt;
use nous_protocol::wire::network_file::NetworkFile;
use nous_protocol::wire::padding;
use nous_protocol::wire::protobuf::{Content, Message as _};
use nous_protocol::wire::rpc::{StorageReply, StorageRequest};

/// A fuzz function.
pub type Target = fn(&[u8]);

/// Every function with the name of its corpus.
pub const TARGETS: &[(&str, Target)] = &[
    ("address", fuzz_address),
    ("attachment", fuzz_attachment),
    ("bt", fuzz_bt),
    ("config_crypto", fuzz_config_crypto),
    ("config_message", fuzz_config_message),
    ("config_parts", fuzz_config_parts),
    ("config_wrap", fuzz_config_wrap),
    ("content", fuzz_content),
    ("directory", fuzz_directory),
    ("mnemonic", fuzz_mnemonic),
    ("network_file", fuzz_network_file),
    ("onion_frame", fuzz_onion_frame),
    ("onion_inner", fuzz_onion_inner),
    ("padding", fuzz_padding),
    ("qr_picture", fuzz_qr_picture),
    ("rpc_reply", fuzz_rpc_reply),
    ("rpc_request", fuzz_rpc_request),
    ("stored_batch", fuzz_stored_batch),
    ("stored_message", fuzz_stored_message),
    ("v4", fuzz_v4),
];

fn keys() -> IdentityKeys {
    IdentityKeys::from_seed(&Seed::from_bytes([1; 16]))
}

/// A stored message: the layers around a sealed content, and whatever is inside a seal.
pub fn fuzz_stored_message(data: &[u8]) {
    let (keys, sent) = (keys(), Timestamp::from_ms(1_767_225_600_123));
    let _ = envelope::open(&keys, data);
    let padded = padding::pad(data);
    let sealed = envelope::seal(&keys, &keys.account_id(), &padded, sent, &mut rand::rng());
    let sealed = sealed.expect("our own key can be sealed to");
    let opened = envelope::open(&keys, &sealed.0).expect("sealed for us");
    assert_eq!(opened.content, data);
    let _ = content::parse(&opened.content, opened.envelope_timestamp);
}

/// A whole received batch: `data` cut into messages at each `0xff`.
pub fn fuzz_stored_batch(data: &[u8]) {
    let messages: Vec<&[u8]> = data.split(|byte| *byte == 0xff).collect();
    let opened = envelope::open_batch(&keys(), &messages);
    assert_eq!(opened.len(), messages.len());
}

/// A content: bounds hold, and our types do not change what they know.
pub fn fuzz_content(data: &[u8]) {
    if let Ok(content) = Content::decode(data) {
        let bytes = content.encode_to_vec();
        assert_eq!(Content::decode(bytes.as_slice()).ok(), Some(content));
    }
    let sent = Timestamp::from_ms(1_767_225_600_123);
    let _ = content::parse_community(data, sent);
    let Ok(parsed) = content::parse(data, sent) else {
        return;
    };
    if let content::Incoming::Message(message) = &parsed.content {
        assert!(message.body.chars().count() <= content::MAX_BODY);
        assert!(message.attachments.len() <= content::MAX_ATTACHMENTS);
        assert!(
            message
                .attachments
                .iter()
                .all(|file| file.file_name.as_ref().is_none_or(|name| name.len() <= 120))
        );
    }
    assert!(parsed.disappearing.seconds <= content::MAX_TIMER);
}

/// A list of account IDs from a file: bounds hold, and what was found survives an export.
pub fn fuzz_directory(data: &[u8]) {
    let read = |bytes: &[u8]| {
        directory::parse(bytes, None, &mut |_, _| std::ops::ControlFlow::Continue(()))
            .expect("nobody stops it")
    };
    let parsed = read(data);
    assert!(
        parsed
            .entries
            .iter()
            .all(|entry| entry.name.len() <= 100 && entry.note.len() <= directory::MAX_NOTE_BYTES)
    );
    assert!(parsed.bad.len() <= directory::MAX_BAD_LINES);
    let again = read(&directory::export::csv(&parsed.entries));
    assert_eq!(again.entries.len(), parsed.entries.len());
}

/// A picture that may hold a QR code.
pub fn fuzz_qr_picture(data: &[u8]) {
    let _ = qr::read_file(data);
}

/// What a file server answers: the first byte chooses the form.
pub fn fuzz_attachment(data: &[u8]) {
    let Some((first, blob)) = data.split_first() else {
        return;
    };
    let form = if first % 2 == 0 {
        Form::Legacy
    } else {
        Form::Stream
    };
    let _ = picture::open(blob, &[1; 32], form);
    let _ = legacy::open(blob, &[1; 64], &[0; 32], blob.len());
    let sealed = picture::encrypt(blob, form, &keys(), &mut rand::rng()).expect("small enough");
    assert_eq!(
        picture::open(&sealed.blob, &sealed.key, form).as_deref(),
        Ok(blob)
    );
    let sealed = legacy::encrypt(blob, &mut rand::rng()).expect("small enough");
    let opened = legacy::open(&sealed.blob, sealed.key.as_slice(), &sealed.digest, blob.len());
    assert_eq!(opened.as_deref(), Ok(blob));
}

/// bt-encoded bytes: what is read is written the same.
pub fn fuzz_bt(data: &[u8]) {
    if let Ok(value) = bt::read(data, &bt::Limits::default()) {
        assert_eq!(bt::encode(&value), data, "there is one form only");
    }
}

/// What a node is sent.
pub fn fuzz_onion_frame(data: &[u8]) {
    let _ = onion::peel(&[1; 32], data);
    let _ = onion::peel_server(&[1; 32], data);
    let _ = onion::peel::ephemeral_key(data);
}

/// What a node finds under a layer.
pub fn fuzz_onion_inner(data: &[u8]) {
    let node = keys();
    let target = onion::ServerTarget {
        host: String::new(),
        target: String::new(),
        protocol: String::new(),
        port: 0,
        x25519: node.x25519_public(),
    };
    let mut rng = rand::rng();
    let to = onion::Destination::Server(target);
    let Ok(request) = onion::wrap(&[], &to, data, onion::EncType::XChaCha20, &mut rng) else {
        return;
    };
    let peeled = onion::peel(&node.export_x25519_secret_key(), &request.body);
    match peeled.expect("its own layer opens") {
        Peeled::Here(here) => {
            let sealed = here.reply.seal(data, &mut rng);
            assert!(request.reply_keys.open(&sealed).is_ok_and(|plain| plain == data));
            let _ = request.reply_keys.open_snode(&sealed);
        }
        Peeled::Server(server) => assert_eq!(server.frame, data),
        Peeled::Next(next) => assert!(next.hop_no <= onion::peel::MAX_HOPS),
        Peeled::BadInside(_) => {}
    }
}

/// Requests to servers and their answers.
pub fn fuzz_v4(data: &[u8]) {
    if let Ok(request) = v4::Request::decode(data) {
        assert_eq!(v4::Request::decode(&request.encode()), Ok(request));
    }
    if let Ok(response) = v4::Response::decode(data) {
        assert_eq!(v4::Response::decode(&response.encode()), Ok(response));
    }
}

/// Padding.
pub fn fuzz_padding(data: &[u8]) {
    assert!(data.starts_with(padding::unpad(data)));
    assert_eq!(padding::unpad(padding::pad(data).as_bytes()), data);
}

/// Answers of storage nodes.
pub fn fuzz_rpc_reply(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for code in [200, 421] {
        let reply = StorageReply::from_text(code, &text);
        let _ = (reply.t(), reply.hard_fork(), reply.text());
        let _ = (reply.retrieve(), reply.expiries(), reply.info());
        let _ = (reply.service_nodes(), reply.name(), reply.store());
        if let Ok(members) = reply.members() {
            assert!(members.nodes.iter().all(|node| node.port != 0));
        }
        for result in reply.results().unwrap_or_default() {
            let _ = (result.retrieve(), result.swarm());
        }
    }
}

/// Requests to storage nodes, with the signatures in them.
pub fn fuzz_rpc_request(data: &[u8]) {
    let Ok(request) = StorageRequest::from_bytes(data) else {
        return;
    };
    assert_eq!(
        StorageRequest::from_bytes(&request.to_bytes()).as_ref(),
        Ok(&request)
    );
    if let StorageRequest::Account(asked) = request
        && let Some(proof) = &asked.proof
    {
        let _ = auth::verify(&asked.account, &asked.action, proof);
        let _ = auth::message_hash(
            &SwarmAccount::from(keys().account_id()),
            Namespace::MESSAGES,
            data,
        );
    }
}

/// The file that names a network.
pub fn fuzz_network_file(data: &[u8]) {
    if let Ok(file) = NetworkFile::from_json(&String::from_utf8_lossy(data)) {
        assert_eq!(NetworkFile::from_json(&file.to_json()).ok(), Some(file));
    }
}

/// Recovery phrases, as typed.
pub fn fuzz_mnemonic(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(seed) = mnemonic::decode(&text) {
        let phrase = mnemonic::encode(&seed);
        assert!(mnemonic::decode(phrase.expose()).is_ok_and(|again| again == seed));
    }
}

/// Whatever a person pastes where an account ID is asked for.
pub fn fuzz_address(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let own = keys().account_id();
    let found = address::account_ids(&text);
    match address::recognise(&text, Some(&own)) {
        Recognised::Account(id) => assert!(id != own && found.contains(&id)),
        Recognised::Own => assert_eq!(found, [own]),
        Recognised::Several(ids) => {
            assert!(ids.len() > 1);
            assert!(ids.iter().all(|id| *id != own && found.contains(id)));
        }
        _ => assert!(found.is_empty()),
    }
    for id in found {
        let again = address::recognise(&id.to_string(), None);
        assert_eq!(again, Recognised::Account(id));
    }
}

/// Encrypted config bytes: with and without layers of encryption that are good.
pub fn fuzz_config_crypto(data: &[u8]) {
    let keys = keys();
    let _ = crypto::decrypt_own(&keys, data, "UserProfile");
    assert!(data.ends_with(crypto::unpad(data)));
    let made = crypto::encrypt_own(&keys, data, "UserProfile").expect("a good domain");
    let plain = crypto::decrypt_own(&keys, &made, "UserProfile").expect("our own");
    assert_eq!(plain, crypto::unpad(data));
}

/// The layers around config bytes.
pub fn fuzz_config_wrap(data: &[u8]) {
    let keys = keys();
    let inner = wrap::unwrap(&keys, Namespace::CONTACTS, data);
    assert!(inner.len() <= data.len());
    let once = wrap::wrap(&keys, Namespace::CONTACTS, 1, data).expect("our own key");
    let wrapped_before = inner.as_ref() != data;
    let back = wrap::unwrap(&keys, Namespace::CONTACTS, &once);
    assert!(wrapped_before || back.as_ref() == data);
}

/// Config messages, decrypted and inflated: what is read is written in a form that reads the
/// same.
pub fn fuzz_config_message(data: &[u8]) {
    let Ok(message) = ConfigMessage::parse(data, None) else {
        return;
    };
    let written = message.serialise(None);
    let again = ConfigMessage::parse(&written, None).expect("what we write reads");
    assert_eq!(again.serialise(None), written);
    assert!(again.data() == message.data());
}

/// Parts of config messages: `data` cut into parts at each `0xff`, stored in turn.
pub fn fuzz_config_parts(data: &[u8]) {
    let mut sets = PartSets::default();
    for (turn, bytes) in data.split(|byte| *byte == 0xff).enumerate() {
        let Ok(part) = Part::read(bytes) else {
            continue;
        };
        assert_eq!(part.write(), bytes);
        let _ = sets.add(&part, &turn.to_string(), Timestamp::from_ms(1_767_225_600_123));
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    fn corpus() -> PathBuf {
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus"))
    }

    #[test]
    fn every_corpus_and_its_damaged_forms_pass() {
        for (name, target) in TARGETS {
            let mut files = 0;
            for entry in std::fs::read_dir(corpus().join(name)).unwrap() {
                let data = std::fs::read(entry.unwrap().path()).unwrap();
                target(&data);
                let step = (data.len() / 32).max(1);
                for at in (0..data.len()).step_by(step) {
                    target(data.get(..at).unwrap());
                    let mut changed = data.clone();
                    *changed.get_mut(at).unwrap() ^= 1 << (at % 8);
                    target(&changed);
                }
                files += 1;
            }
            assert!(files > 0, "{name}");
        }
    }

    #[test]
    fn every_folder_and_every_wrapper_has_its_target() {
        let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
        let stems = |folder: PathBuf| -> BTreeSet<String> {
            let files = std::fs::read_dir(folder).unwrap();
            let stem = |path: PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
            files.map(|entry| stem(entry.unwrap().path())).collect()
        };
        assert_eq!(stems(corpus()), names);
        assert_eq!(stems(corpus().join("../fuzz_targets")), names);
    }
}
