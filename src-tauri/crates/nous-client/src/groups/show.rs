//! What the tables show of a group: what the account's config has of it, and what its swarm says.
//!
//! Source: `config.md` §13 and §15, `groups.md` §16.

use std::time::Duration;

use nous_protocol::account::GroupId;
use nous_protocol::config::convo_info_volatile::{Convo, ConvoInfoVolatile};
use nous_protocol::config::group_info::GroupInfo;
use nous_protocol::config::group_members::{GroupMember, Leaving, Progress};
use nous_protocol::config::user_groups::{Group, Removal, UserGroups};
use nous_protocol::group::state::GroupState;
use nous_protocol::identity::received_name;
use nous_protocol::time::Timestamp;
use nous_storage::conversations;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::conversation::{self, Found, ListSettings};
use nous_storage::groups::details::{self, GroupDetails, Standing, Trouble};
use nous_storage::groups::members::{self, MemberRow, Step};
use nous_storage::groups::tasks;
use nous_storage::groups::{deletions, shut_out};
use nous_storage::ids::ConversationKey;
use nous_storage::{groups, people};

use crate::config_sync::kept;

/// The most bytes of a description that are kept.
const MOST_DESCRIPTION: usize = 2_000;

/// How long we wait for admins to add somebody.
pub(super) const ASKED_FOR: Duration = Duration::from_secs(14 * 86_400);

/// How we stand to a group, as the account's config says.
pub(crate) const fn standing_of(entry: &Group) -> Standing {
    match entry.removal {
        Removal::Destroyed => Standing::Destroyed,
        Removal::Kicked => Standing::Removed,
        Removal::None if entry.settings.is_invitation => Standing::Invited,
        Removal::None => Standing::Joined,
    }
}

/// Shows what the account's config has of a group.
///
/// # Errors
/// What the database said.
pub(crate) fn entry(
    writer: &mut Writer<'_>,
    entry: &Group,
    now: Timestamp,
) -> Result<ConversationKey, StorageError> {
    let is_new = conversations::find(&writer.reader(), entry.id)?.is_none();
    let joined = Timestamp::from_ms(entry.settings.joined.saturating_mul(1_000));
    let since = if joined.as_ms() > 0 { joined.min(now) } else { now };
    let key = conversations::ensure(writer, entry.id, since)?;
    let known = details::load(&writer.reader(), key)?;
    let standing = standing_of(entry);
    let mut shown = known.unwrap_or_else(|| GroupDetails::new(standing));
    // Whether its keys are gone, its swarm says.
    let stays_expired = shown.standing == Standing::Expired && standing == Standing::Joined;
    if !stays_expired {
        shown.standing = standing;
    }
    if !matches!(standing, Standing::Joined) {
        shown.trouble = Trouble::None;
    }
    shown.is_admin = entry.admin_seed.is_some();
    details::save(writer, key, &shown)?;
    if matches!(standing, Standing::Removed | Standing::Destroyed) {
        members::replace(writer, key, &[])?;
        members::forget_proposed(writer, key, now)?;
    }
    let settings = ListSettings {
        priority: entry.settings.priority,
        notify: entry.settings.notify,
        mute_until_s: entry.settings.mute_until,
    };
    conversation::save_settings(writer, key, &settings, standing != Standing::Invited)?;
    if tasks::is_ending(&writer.reader(), &entry.id)? {
        people::set_priority(writer, key, -1)?;
    }
    let is_followed = groups::load(&writer.reader(), &entry.id)?.is_some();
    if !is_followed && let Some(name) = received_name(&entry.name) {
        conversation::set_name(writer, key, &name)?;
    }
    if is_new {
        read_elsewhere(writer, &entry.id, key)?;
    }
    Ok(key)
}

/// How far other devices have read, before the group was here.
fn read_elsewhere(writer: &mut Writer<'_>, id: &GroupId, key: ConversationKey) -> Result<(), StorageError> {
    let reads: ConvoInfoVolatile = kept::load(&writer.reader())?;
    if let Some(read) = reads.get(&Convo::Group(*id)) {
        let at = Timestamp::from_ms(read.last_read_ms);
        people::read_elsewhere(writer, key, at, read.is_unread)?;
    }
    Ok(())
}

/// A group is in the account's config no more: it goes here, with all that has to be done for it.
///
/// # Errors
/// What the database said.
pub(crate) fn gone(writer: &mut Writer<'_>, id: &GroupId) -> Result<(), StorageError> {
    groups::forget(writer, id)?;
    tasks::forget_group(writer, id)?;
    deletions::forget_group(writer, id)?;
    shut_out::forget_group(writer, id)?;
    if let Some(key) = conversations::find(&writer.reader(), *id)? {
        details::erase(writer, key)?;
    }
    Ok(())
}

/// Erases a group from the account's config, and here.
///
/// # Errors
/// What the database said.
pub(crate) fn erase(writer: &mut Writer<'_>, id: &GroupId) -> Result<(), StorageError> {
    kept::change(writer, |config: &mut UserGroups| config.erase_group(id))?;
    kept::change(writer, |reads: &mut ConvoInfoVolatile| {
        reads.erase(&Convo::Group(*id))
    })?;
    gone(writer, id)
}

/// Shows what a group's swarm says. Answers what admins have deleted for all since: it is gone
/// here.
///
/// # Errors
/// What the database said.
///
/// Source: `groups.md` §15 and §16.
pub(crate) fn state(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    group: &GroupState,
    is_admin: bool,
    now: Timestamp,
) -> Result<Vec<Found>, StorageError> {
    let known = details::load(&writer.reader(), key)?;
    let mut shown = known.unwrap_or_else(|| GroupDetails::new(Standing::Joined));
    let info = group.info();
    if info.state().seqno() > 0 {
        if let Some(name) = received_name(&info.name()) {
            conversation::set_name(writer, key, &name)?;
        }
        let picture = info.picture();
        let picture = picture
            .as_ref()
            .map(|picture| (picture.url.as_str(), &picture.key));
        conversation::set_picture(writer, key, picture)?;
        shown.description = cut(info.description());
        shown.timer_s = info.timer_seconds().max(0);
        shown.members_may_add = info.rules().members_may_add;
        shown.all_are_admins = info.rules().all_are_admins;
        let asked = if shown.members_may_add {
            now.earlier(ASKED_FOR)
        } else {
            now
        };
        members::forget_proposed(writer, key, asked)?;
    }
    if group.members().state().seqno() > 0 {
        let rows: Vec<MemberRow> = group.members().iter().map(|member| row(&member)).collect();
        members::replace(writer, key, &rows)?;
    }
    shown.is_admin = is_admin;
    let deleted = delete(writer, key, info, &mut shown, now)?;
    if !group.keys().is_empty() {
        shown.standing = Standing::Joined;
    }
    details::save(writer, key, &shown)?;
    Ok(deleted)
}

/// Deletes what admins deleted for all. A moment that has not come deletes nothing that is still to be
/// written.
fn delete(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    info: &GroupInfo,
    shown: &mut GroupDetails,
    now: Timestamp,
) -> Result<Vec<Found>, StorageError> {
    let mut deleted = Vec::new();
    let is_new = |before_s: i64, known_s: i64| before_s > known_s && before_s <= now.as_ms() / 1_000;
    let moment = |before_s: i64| Timestamp::from_ms(before_s.saturating_mul(1_000));
    let before_s = info.delete_before();
    if is_new(before_s, shown.delete_before_s) {
        shown.delete_before_s = before_s;
        deleted = conversation::before(writer, key, moment(before_s))?;
        remove(writer, key, &deleted)?;
    }
    let before_s = info.delete_attachments_before();
    if is_new(before_s, shown.delete_attachments_before_s) {
        shown.delete_attachments_before_s = before_s;
        let with_files = conversation::with_files_before(writer, key, moment(before_s))?;
        remove(writer, key, &with_files)?;
        deleted.extend(with_files);
    }
    Ok(deleted)
}

fn remove(writer: &mut Writer<'_>, key: ConversationKey, found: &[Found]) -> Result<(), StorageError> {
    let keys: Vec<_> = found.iter().map(|found| found.key).collect();
    conversation::remove(writer, &keys)?;
    conversations::refresh(writer, &[key])
}

fn cut(mut text: String) -> String {
    while text.len() > MOST_DESCRIPTION {
        text.pop();
    }
    text
}

fn row(member: &GroupMember) -> MemberRow {
    let step = |progress| match progress {
        Progress::Accepted => Step::Done,
        Progress::Sent => Step::Sent,
        Progress::Failed => Step::Failed,
        Progress::NotSent | Progress::Unknown(_) => Step::NotSent,
    };
    MemberRow {
        id: member.id,
        name: received_name(&member.name).unwrap_or_default(),
        is_admin: member.is_admin,
        invitation: step(member.invitation),
        promotion: step(member.promotion),
        is_removed: member.leaving != Leaving::Stays,
        is_proposed: false,
    }
}
