//! What is encrypted: a bt dict of version, sender, message and signature, padded.
//!
//! Source: `groups.md` §6.

use super::compression::{compress, inflate};
use super::{GroupSignature, MAX_PLAINTEXT, NONCE, OVERHEAD, OpenGroupError, OpenedGroupMessage, STEP};
use crate::account::{AccountId, GroupId};
use crate::keys::IdentityKeys;
use crate::wire::bt::{Limits, Reader};

/// More than keys, values and their marks take besides the message.
const AROUND: usize = 192;

/// `nonce` and behind it, still to be encrypted, the dict and its padding.
pub(super) fn write(
    sender: &IdentityKeys,
    group: &GroupId,
    plaintext: &[u8],
    nonce: &[u8; NONCE],
) -> Vec<u8> {
    let compressed = compress(plaintext);
    let (key, body) = match &compressed {
        Some(compressed) => (b'z', compressed.as_slice()),
        None => (b'd', plaintext),
    };
    // The message and the group's key stand together while they are signed; room for all.
    let capacity = body.len().saturating_add(AROUND).saturating_add(STEP);
    let mut out = Vec::with_capacity(capacity);
    out.extend_from_slice(body);
    out.extend_from_slice(group.ed25519());
    let signature = sender.sign(&out);
    out.clear();
    out.extend_from_slice(nonce);
    out.extend_from_slice(b"d0:i1e1:a32:");
    out.extend_from_slice(&sender.ed25519_public());
    let write_signature = |out: &mut Vec<u8>| {
        out.extend_from_slice(b"1:s64:");
        out.extend_from_slice(&signature);
    };
    if key == b'z' {
        write_signature(&mut out);
    }
    out.extend_from_slice(&[b'1', b':', key]);
    out.extend_from_slice(body.len().to_string().as_bytes());
    out.push(b':');
    out.extend_from_slice(body);
    if key == b'd' {
        write_signature(&mut out);
    }
    out.push(b'e');
    // The tag is added behind.
    let tag = OVERHEAD.saturating_sub(NONCE);
    let length = out.len().saturating_add(tag).next_multiple_of(STEP);
    out.resize(length.saturating_sub(tag), 0);
    out
}

/// A decrypted message whose signature is not checked yet.
pub(super) struct Signed {
    pub(super) sender: [u8; 32],
    pub(super) signature: [u8; 64],
    body: Vec<u8>,
    is_compressed: bool,
    key_index: usize,
}

impl Signed {
    /// What the signature covers.
    pub(super) fn text<'a>(&'a self, group: &'a GroupId, signature: GroupSignature) -> [&'a [u8]; 2] {
        let bound: &[u8] = match signature {
            GroupSignature::Bound => group.ed25519(),
            GroupSignature::Unbound => &[],
        };
        [&self.body, bound]
    }

    /// To be called when the signature holds.
    pub(super) fn into_opened(self, sender_x25519: &[u8; 32]) -> Result<OpenedGroupMessage, OpenGroupError> {
        let plaintext = if self.is_compressed {
            inflate(&self.body).ok_or(OpenGroupError::Inflate)?
        } else if self.body.len() > MAX_PLAINTEXT {
            return Err(OpenGroupError::Inflate);
        } else {
            self.body
        };
        Ok(OpenedGroupMessage {
            sender: AccountId::from_x25519(*sender_x25519),
            sender_ed25519: self.sender,
            plaintext,
            key_index: self.key_index,
        })
    }
}

/// The values of the dict; unknown keys are stepped over.
#[derive(Default)]
struct Fields<'a> {
    version: Option<i64>,
    sender: Option<&'a [u8]>,
    plain: Option<&'a [u8]>,
    signature: Option<&'a [u8]>,
    compressed: Option<&'a [u8]>,
}

impl<'a> Fields<'a> {
    fn read(dict: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(dict, Limits::default());
        let mut fields = Self::default();
        reader.begin_dict().ok()?;
        while let Some(key) = reader.next_key().ok()? {
            let target = match key {
                b"" => {
                    fields.version = Some(reader.integer().ok()?);
                    continue;
                }
                b"a" => &mut fields.sender,
                b"d" => &mut fields.plain,
                b"s" => &mut fields.signature,
                b"z" => &mut fields.compressed,
                _ => {
                    reader.raw().ok()?;
                    continue;
                }
            };
            *target = Some(reader.string().ok()?);
        }
        reader.finish().ok()?;
        Some(fields)
    }
}

/// Takes a decrypted message apart.
pub(super) fn read(padded: &[u8], key_index: usize) -> Result<Signed, OpenGroupError> {
    let length = padded
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last.saturating_add(1));
    let dict = padded.get(..length).unwrap_or_default();
    let fields = Fields::read(dict).ok_or(OpenGroupError::Form)?;
    match fields.version {
        Some(1) => {}
        Some(_) => return Err(OpenGroupError::Version),
        None => return Err(OpenGroupError::Form),
    }
    let (body, is_compressed) = match (fields.plain, fields.compressed) {
        (Some(plain), None) => (plain, false),
        (None, Some(compressed)) => (compressed, true),
        _ => return Err(OpenGroupError::Form),
    };
    let array = |bytes: Option<&[u8]>| bytes.unwrap_or_default().try_into().ok();
    let signature = fields.signature.unwrap_or_default().try_into();
    if body.is_empty() {
        return Err(OpenGroupError::Form);
    }
    Ok(Signed {
        sender: array(fields.sender).ok_or(OpenGroupError::Form)?,
        signature: signature.map_err(|_| OpenGroupError::Form)?,
        body: body.to_vec(),
        is_compressed,
        key_index,
    })
}
