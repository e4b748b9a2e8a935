//! What is known when a batch is decided about.

use std::collections::BTreeSet;

use nous_protocol::account::{AccountId, Namespace};
use nous_protocol::config::fields::Cleared;
use nous_protocol::time::Timestamp;
use nous_storage::conversations::{self, Standing};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::ConversationKey;
use nous_storage::{configs, deletions, messages};

use super::commit::Batch;
use super::open::Arrived;
use super::rules::View;
use crate::privacy;

/// What is known about the people and messages of a batch: two queries for all of it.
pub(super) fn load_view(writer: &Writer<'_>, batch: &Batch) -> Result<View, StorageError> {
    let arrived: Vec<&Arrived> = batch
        .opened
        .iter()
        .filter_map(|opened| opened.as_ref().ok())
        .collect();
    let targets = arrived
        .iter()
        .filter_map(|arrived| arrived.parsed.as_ref().ok()?.content.extras()?.sync_target);
    let people: BTreeSet<AccountId> = arrived
        .iter()
        .map(|arrived| arrived.sender)
        .chain(targets)
        .collect();
    let people: Vec<AccountId> = people.into_iter().collect();
    let names: Vec<(AccountId, Timestamp)> = arrived
        .iter()
        .map(|arrived| (arrived.sender, arrived.sent))
        .collect();
    let reader = writer.reader();
    let merged = configs::standings(&reader)?;
    let newest = |namespace| {
        merged
            .iter()
            .find(|config| config.namespace == namespace)
            .and_then(|config| config.newest)
    };
    Ok(View {
        people: conversations::standings(&reader, &people)?,
        known: messages::known_among(&reader, &names)?,
        unsent: deletions::unsent_among(&reader, &names)?,
        newest_contacts: newest(Namespace::CONTACTS),
        newest_profile: newest(Namespace::USER_PROFILE),
        privacy: privacy::load(&reader)?,
    })
}

/// Somebody who has just come.
pub(super) const fn stranger(key: ConversationKey) -> Standing {
    Standing {
        key,
        is_approved: false,
        has_approved_me: false,
        is_blocked: false,
        profile_updated_s: 0,
        priority: 0,
        last_read: Timestamp::from_ms(0),
        created: Timestamp::from_ms(0),
        cleared: Cleared::NONE,
    }
}
