//! Configs in the database. Everything here happens inside a transaction of the caller.
//!
//! A config without a row begins with what the tables say: so does a new account, and a
//! profile that was made before there were configs.

use std::cmp::Ordering;

use nous_protocol::config::contacts::{Contact, Contacts};
use nous_protocol::config::convo_info_volatile::ConvoInfoVolatile;
use nous_protocol::config::fields::Picture;
use nous_protocol::config::kind::ConfigKind;
use nous_protocol::config::sealing::{ConfigKeys, SealingError};
use nous_protocol::config::state::{ConfigState, DumpError, MergeOutcome, PendingPush};
use nous_protocol::config::user_groups::UserGroups;
use nous_protocol::config::user_profile::UserProfile;
use nous_protocol::identity::received_name;
use nous_protocol::time::Timestamp;
use nous_storage::configs::{self, ConfigRow};
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::people::{self, Person};
use nous_storage::{account, conversations, cursors, seen_hashes};

use super::places::with_a_place;

/// All kinds: names before people, people before what was read of them.
pub(super) const IN_ORDER: [ConfigKind; 4] = [
    ConfigKind::UserProfile,
    ConfigKind::Contacts,
    ConfigKind::UserGroups,
    ConfigKind::ConvoInfoVolatile,
];

/// Does something with the config of a kind: its type is `$C` there.
macro_rules! with_config {
    ($kind:expr, $C:ident => $do:expr) => {{
        use nous_protocol::config::kind::ConfigKind;
        use nous_protocol::config::{contacts, convo_info_volatile, user_groups, user_profile};
        match $kind {
            ConfigKind::UserProfile => {
                type $C = user_profile::UserProfile;
                $do
            }
            ConfigKind::Contacts => {
                type $C = contacts::Contacts;
                $do
            }
            ConfigKind::UserGroups => {
                type $C = user_groups::UserGroups;
                $do
            }
            ConfigKind::ConvoInfoVolatile => {
                type $C = convo_info_volatile::ConvoInfoVolatile;
                $do
            }
        }
    }};
}
pub(super) use with_config;

/// One of the four configs of an account.
pub(crate) trait Config: Default + Clone {
    /// Which.
    const KIND: ConfigKind;

    fn from_dump(dump: &[u8]) -> Result<Self, DumpError>;
    fn state(&self) -> &ConfigState;
    fn state_mut(&mut self) -> &mut ConfigState;

    /// What it begins with: what the tables say.
    fn begin(_reader: &Reader<'_>) -> Result<Self, StorageError> {
        Ok(Self::default())
    }

    /// Takes what other devices stored.
    fn take(&mut self, stored: &[(&str, &[u8])], keys: &ConfigKeys<'_>, now: Timestamp) -> MergeOutcome {
        self.state_mut().merge(stored.iter().copied(), keys, now)
    }

    /// What must be stored and deleted.
    fn give(&mut self, keys: &ConfigKeys<'_>, now: Timestamp) -> Result<PendingPush, SealingError> {
        self.state_mut().push(keys, now)
    }
}

/// What is the same for each of them.
macro_rules! same {
    ($name:ident) => {
        const KIND: ConfigKind = $name::KIND;

        fn from_dump(dump: &[u8]) -> Result<Self, DumpError> {
            $name::load(dump)
        }

        fn state(&self) -> &ConfigState {
            $name::state(self)
        }

        fn state_mut(&mut self) -> &mut ConfigState {
            $name::state_mut(self)
        }
    };
}

impl Config for UserProfile {
    same!(UserProfile);

    fn begin(reader: &Reader<'_>) -> Result<Self, StorageError> {
        let mut profile = Self::default();
        let Some(own) = account::load(reader)? else {
            return Ok(profile);
        };
        let is_restored = account::is_restored(reader)?;
        // The name given at a restore counts only if the network knows none.
        if !own.display_name.is_empty() && (!is_restored || configs::is_fetched(reader)?) {
            let at = Some(seconds(own.profile_updated_s));
            let picture = own.picture.as_ref().map(|(url, key)| Picture {
                url: url.clone(),
                key: *key,
            });
            profile.set_picture(picture.as_ref(), at);
            profile.set_name(&own.display_name, at);
        }
        let note = conversations::by_ids(reader, &[own.id.into()])?;
        let is_shown = note.first().is_some_and(|note| note.is_listed);
        if !is_shown && !is_restored {
            profile.set_note_priority(-1);
        }
        if let Some((_, note)) = people::find(reader, &own.id)? {
            profile.set_note_cleared(note.cleared);
            profile.set_note_timer_seconds(note.timer.map(|timer| timer.seconds));
        }
        Ok(profile)
    }
}

impl Config for Contacts {
    same!(Contacts);

    fn begin(reader: &Reader<'_>) -> Result<Self, StorageError> {
        let own = account::load(reader)?.map(|own| own.id);
        let mut contacts = Self::default();
        let mut people = people::known(reader)?;
        people.retain(|person| Some(person.account) != own);
        for person in with_a_place(&contacts, &people) {
            put(&mut contacts, person);
        }
        Ok(contacts)
    }
}

impl Config for ConvoInfoVolatile {
    same!(ConvoInfoVolatile);

    fn take(&mut self, stored: &[(&str, &[u8])], keys: &ConfigKeys<'_>, now: Timestamp) -> MergeOutcome {
        self.merge(stored.iter().copied(), keys, now)
    }

    fn give(&mut self, keys: &ConfigKeys<'_>, now: Timestamp) -> Result<PendingPush, SealingError> {
        self.push(keys, now)
    }
}

impl Config for UserGroups {
    same!(UserGroups);
}

/// A moment in seconds, as tables and messages tell when a profile was changed.
pub(crate) fn seconds(seconds: u64) -> Timestamp {
    Timestamp::from_wire(seconds.saturating_mul(1_000))
}

/// Whether the tables know a newer profile of a person than the config, or the only one. Two
/// devices that met somebody at once may have come to an entry without the name that one of
/// them knows. Some clients tell no time: what the tables say came later then, because what a
/// config brings is in them at once.
///
/// Source: `config.md` §11.
pub(super) fn knows_more(person: &Person, contact: &Contact) -> bool {
    let shared = received_name(&contact.name).unwrap_or_default();
    let is_later = match person
        .profile_updated_s
        .cmp(&contact.profile_updated.unsigned_abs())
    {
        Ordering::Less => false,
        Ordering::Equal => person.name != shared || picture(person) != contact.picture,
        Ordering::Greater => true,
    };
    !person.name.is_empty() && (shared.is_empty() || is_later)
}

fn picture(person: &Person) -> Option<Picture> {
    let (url, key) = person.picture.clone()?;
    Some(Picture { url, key })
}

/// Puts what the tables say of a person. What only the config knows stays.
pub(crate) fn put(contacts: &mut Contacts, person: &Person) {
    let mut contact = contacts
        .get(&person.account)
        .unwrap_or_else(|| Contact::new(person.account));
    if knows_more(person, &contact) {
        contact.name.clone_from(&person.name);
        contact.picture = picture(person);
        contact.profile_updated = i64::try_from(person.profile_updated_s).unwrap_or(i64::MAX);
    }
    contact.nickname.clone_from(&person.nickname);
    contact.is_approved = person.is_approved;
    contact.has_approved_us = person.has_approved_me;
    contact.is_blocked = person.is_blocked;
    contact.priority = person.priority;
    contact.notify = person.notify;
    contact.mute_until = person.mute_until_s;
    contact.timer = person.timer;
    contact.created = person.created.as_ms() / 1_000;
    contact.cleared = person.cleared;
    contacts.set(&contact);
}

/// Reads a config.
///
/// # Errors
/// [`StorageError::Bug`] if its row cannot be read; else what the database said.
pub(crate) fn load<C: Config>(reader: &Reader<'_>) -> Result<C, StorageError> {
    match configs::dump(reader, C::KIND.namespace())? {
        Some(dump) => C::from_dump(&dump).map_err(unreadable),
        None => C::begin(reader),
    }
}

fn unreadable(error: DumpError) -> StorageError {
    StorageError::Bug {
        what: format!("a config cannot be read: {error}"),
    }
}

/// Keeps a config.
pub(crate) fn save<C: Config>(writer: &mut Writer<'_>, config: &mut C) -> Result<(), StorageError> {
    let state = config.state_mut();
    let row = ConfigRow {
        namespace: C::KIND.namespace(),
        dump: state.dump(),
        seqno: state.seqno(),
        phase: state.phase(),
    };
    configs::save(writer, &row)
}

/// Changes a config, and keeps it if that changed anything. The tables that show it are
/// written by the caller, in the same transaction.
///
/// # Errors
/// What the database said.
pub(crate) fn change<C: Config, T>(
    writer: &mut Writer<'_>,
    change: impl FnOnce(&mut C) -> T,
) -> Result<T, StorageError> {
    let mut config: C = load(&writer.reader())?;
    let result = change(&mut config);
    if config.state().needs_dump() {
        save(writer, &mut config)?;
    }
    Ok(result)
}

/// Gives every config a row that can be read. One that cannot begins anew with what the tables
/// say, and is fetched from the swarm again.
///
/// # Errors
/// What the database said.
pub(crate) fn begin_all(writer: &mut Writer<'_>) -> Result<(), StorageError> {
    for kind in IN_ORDER {
        with_config!(kind, C => begin_one::<C>(writer))?;
    }
    Ok(())
}

/// Gives every config a row that has none.
///
/// # Errors
/// What the database said.
pub(super) fn begin_missing(writer: &mut Writer<'_>) -> Result<(), StorageError> {
    let known = configs::standings(&writer.reader())?;
    for kind in IN_ORDER {
        if known.iter().all(|one| one.namespace != kind.namespace()) {
            with_config!(kind, C => begin_one::<C>(writer))?;
        }
    }
    Ok(())
}

fn begin_one<C: Config>(writer: &mut Writer<'_>) -> Result<(), StorageError> {
    let namespace = C::KIND.namespace();
    match configs::dump(&writer.reader(), namespace)?.map(|dump| C::from_dump(&dump)) {
        Some(Ok(_)) => return Ok(()),
        Some(Err(error @ DumpError::Version(_))) => return Err(unreadable(error)),
        Some(Err(error)) => {
            tracing::error!(%error, kind = C::KIND.domain(), "a config cannot be read: it begins anew");
            if let Some(own) = account::load(&writer.reader())? {
                cursors::forget_box(writer, &own.id.into(), namespace)?;
                seen_hashes::forget_box(writer, &own.id.into(), namespace)?;
            }
        }
        None => {}
    }
    let mut config = C::begin(&writer.reader())?;
    save(writer, &mut config)
}
