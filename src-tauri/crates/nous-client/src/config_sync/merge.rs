//! Taking what other devices stored: merged, projected, kept and announced.
//!
//! Source: `config.md` §4, §16, §18; `network.md` §7.2.

use std::collections::BTreeSet;

use nous_protocol::account::{AccountId, Namespace};
use nous_protocol::config::sealing::ConfigKeys;
use nous_protocol::keys::IdentityKeys;
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::{configs, inbox};

use super::actions;
use super::kept::{self, IN_ORDER, with_config};
use super::projection::{Project, Projected};
use crate::core::Core;
use crate::error::ClientError;
use crate::pictures;
use crate::receive::boxes::PolledBox;
use crate::receive::{Retrieved, Stored};
use crate::step::step;

/// Merges what nodes answered for the boxes of the configs; answers for other boxes are left
/// alone.
///
/// `is_whole`: nothing is left to fetch, so that from now on changes may go out.
///
/// # Errors
/// What the database said; then nothing was kept and no cursor moved.
pub async fn take(core: &Core, answers: Vec<Retrieved>, is_whole: bool) -> Result<(), ClientError> {
    let has_messages = answers.iter().any(|answer| !answer.messages.is_empty());
    let must_note = is_whole && !core.configs.is_fetched() && !core.db.read(configs::is_fetched).await?;
    if !has_messages && !must_note {
        if is_whole {
            core.configs.fetched();
        }
        return Ok(());
    }
    let is_of_groups =
        |answer: &Retrieved| answer.namespace == Namespace::USER_GROUPS && !answer.messages.is_empty();
    let has_groups = answers.iter().any(is_of_groups);
    step!("config.fetched");
    let (own, keys, now) = (core.own, std::sync::Arc::clone(&core.keys), core.clock.now());
    let projected = core
        .db
        .write(move |writer| {
            let batch = Batch {
                own,
                keys: &keys,
                answers: &answers,
                now,
            };
            let projected = batch.write(writer)?;
            if must_note {
                configs::note_fetched(writer)?;
                actions::share_name_if_unknown(writer)?;
            }
            step!("config.merging");
            Ok(projected)
        })
        .await?;
    step!("config.merged");
    core.departures.call_back(&projected.called_back);
    if has_groups {
        core.groups_stirred.notify_one();
    }
    core.hub.announce(projected.changes());
    pictures::remove_files(core, projected.files_gone).await?;
    core.configs.change();
    Ok(())
}

struct Batch<'b> {
    own: AccountId,
    keys: &'b IdentityKeys,
    answers: &'b [Retrieved],
    now: Timestamp,
}

impl Batch<'_> {
    fn write(&self, writer: &mut Writer<'_>) -> Result<Projected, StorageError> {
        let mut projected = Projected::default();
        for kind in IN_ORDER {
            with_config!(kind, C => self.one::<C>(writer, &mut projected))?;
        }
        Ok(projected)
    }

    fn one<C: Project>(&self, writer: &mut Writer<'_>, into: &mut Projected) -> Result<(), StorageError> {
        let polled = PolledBox {
            account: self.own.into(),
            namespace: C::KIND.namespace(),
            answers: self.answers,
        };
        let fresh = polled.fresh(&writer.reader())?;
        if !fresh.is_empty() {
            self.merge::<C>(writer, &fresh, into)?;
        }
        polled.keep_places(writer, fresh)
    }

    fn merge<C: Project>(
        &self,
        writer: &mut Writer<'_>,
        fresh: &[&Stored],
        into: &mut Projected,
    ) -> Result<(), StorageError> {
        let mut config: C = kept::load(&writer.reader())?;
        let before = config.clone();
        let ours = before.state().current_hashes();
        let stored: Vec<(&str, &[u8])> = fresh
            .iter()
            .map(|stored| (stored.hash.as_str(), stored.data.as_slice()))
            .collect();
        let outcome = config.take(&stored, &ConfigKeys::own(C::KIND, self.keys), self.now);
        for (_, error) in &outcome.rejected {
            tracing::warn!(%error, kind = C::KIND.domain(), "a config message cannot be read");
            inbox::note_drop(writer, "config")?;
        }
        kept::save(writer, &mut config)?;
        // Our own message, come back after a push that was not confirmed, says nothing new.
        if outcome.changed || config.state().seqno() != before.state().seqno() {
            let accepted: BTreeSet<&str> = outcome.accepted.iter().map(String::as_str).collect();
            let of_others = fresh
                .iter()
                .filter(|stored| accepted.contains(stored.hash.as_str()) && !ours.contains(&stored.hash));
            if let Some(newest) = of_others.map(|stored| stored.stored).max() {
                configs::note_merged(writer, C::KIND.namespace(), newest.min(self.now))?;
            }
        }
        if outcome.changed {
            config.project(writer, &before, &self.own, self.now, into)?;
        }
        Ok(())
    }
}
