//! Opening many messages of a group at once.

use super::form::Signed;
use super::{GroupSignature, OpenGroupError, OpenedGroupMessage, decrypt, read_envelope};
use crate::account::GroupId;
use crate::envelope::Opened;
use crate::envelope::batch::{CHUNK, Refused, Senders, Statement};

/// [`open`](super::open) for many messages, in order; one broken message does not touch the
/// others.
///
/// `keys`: those of the group, in the order to try them.
///
/// Source: `groups.md` §6.
#[must_use]
pub fn open_many_with<'a, D: AsRef<[u8]>>(
    group: &GroupId,
    keys: impl IntoIterator<Item = &'a [u8; 32]>,
    messages: &[D],
    signature: GroupSignature,
    senders: &mut Senders,
) -> Vec<Result<OpenedGroupMessage, OpenGroupError>> {
    let keys: Vec<&[u8; 32]> = keys.into_iter().collect();
    messages
        .chunks(CHUNK)
        .flat_map(|chunk| open_chunk(group, &keys, chunk, signature, senders))
        .collect()
}

/// How many bytes of contents one call opens, before it leaves the rest to the next: a message of
/// 256 stored bytes may inflate to a million.
const MOST_OPENED: usize = 16 << 20;

/// [`open_content`](super::open_content) for the messages of a poll, in order; remembers the keys
/// of senders from one poll to the next.
///
/// Where messages inflate to very much, the result is shorter than `messages`, but never empty:
/// once these are kept, the rest goes into another call.
///
/// `keys`: those of the group, in the order to try them.
///
/// Source: `groups.md` §6.
#[must_use]
pub fn open_batch_with<'a, D: AsRef<[u8]>>(
    group: &GroupId,
    keys: impl IntoIterator<Item = &'a [u8; 32]>,
    messages: &[D],
    senders: &mut Senders,
) -> Vec<Result<Opened, OpenGroupError>> {
    let keys: Vec<&[u8; 32]> = keys.into_iter().collect();
    let (mut opened, mut size) = (Vec::new(), 0_usize);
    for chunk in messages.chunks(CHUNK) {
        if size > MOST_OPENED {
            break;
        }
        for message in open_chunk(group, &keys, chunk, GroupSignature::Bound, senders) {
            let message = message.and_then(read_envelope);
            size = size.saturating_add(message.as_ref().map_or(0, |message| message.content.len()));
            opened.push(message);
        }
    }
    opened
}

fn open_chunk<D: AsRef<[u8]>>(
    group: &GroupId,
    keys: &[&[u8; 32]],
    messages: &[D],
    signature: GroupSignature,
    senders: &mut Senders,
) -> Vec<Result<OpenedGroupMessage, OpenGroupError>> {
    let decrypted: Vec<Result<Signed, OpenGroupError>> = messages
        .iter()
        .map(|data| decrypt(keys.iter().copied(), data.as_ref()))
        .collect();
    let texts: Vec<_> = decrypted
        .iter()
        .flatten()
        .map(|signed| (signed, signed.text(group, signature)))
        .collect();
    let statements: Vec<Statement<'_>> = texts
        .iter()
        .map(|(signed, text)| Statement {
            signer: &signed.sender,
            text,
            signature: &signed.signature,
        })
        .collect();
    let mut checked = senders.check(&statements).into_iter();
    decrypted
        .into_iter()
        .map(|signed| {
            let signed = signed?;
            match checked.next().unwrap_or(Err(Refused::Signature)) {
                Ok(sender_x25519) => signed.into_opened(&sender_x25519),
                Err(Refused::Key) => Err(OpenGroupError::SenderKey),
                Err(Refused::Signature) => Err(OpenGroupError::Signature),
            }
        })
        .collect()
}
