//! As whom we ask a group's swarm: as an admin, with the group's key, or as a member, with an
//! admin's permission.
//!
//! Source: `groups.md` §5.

use nous_protocol::account::{GroupId, SwarmAccount};
use nous_protocol::auth::Signing;
use nous_protocol::config::user_groups::{Group, Removal, UserGroups};
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::subaccount::MemberAuth;
use nous_protocol::keys::IdentityKeys;
use nous_protocol::wire::rpc::{Action, StorageRequest};
use nous_storage::db::Reader;
use nous_storage::error::StorageError;

use crate::config_sync::kept;

/// As whom we ask.
pub enum Access {
    /// With the group's key.
    Admin(GroupSecret),
    /// With an admin's permission.
    Member(MemberAuth),
}

impl Access {
    /// What the account's config has for a group; `None` for one that was not joined, or left,
    /// or whose permission does not hold.
    #[must_use]
    pub fn of(entry: &Group, keys: &IdentityKeys) -> Option<Self> {
        if entry.settings.is_invitation || entry.removal != Removal::None {
            return None;
        }
        if let Some(seed) = &entry.admin_seed {
            return GroupSecret::of_group(&entry.id, seed).map(Self::Admin);
        }
        let data = entry.auth_data.as_ref()?;
        MemberAuth::open(&entry.id, keys, data).ok().map(Self::Member)
    }

    /// Whether the account's config says that we are in a group; what it has to let us in was not
    /// looked at.
    #[must_use]
    pub const fn is_given(entry: &Group) -> bool {
        let is_in = !entry.settings.is_invitation && matches!(entry.removal, Removal::None);
        is_in && (entry.admin_seed.is_some() || entry.auth_data.is_some())
    }

    /// The same, read from the account's config.
    ///
    /// # Errors
    /// What the database said.
    pub fn read(
        reader: &Reader<'_>,
        id: &GroupId,
        keys: &IdentityKeys,
    ) -> Result<Option<Self>, StorageError> {
        let groups: UserGroups = kept::load(reader)?;
        Ok(groups.group(id).and_then(|entry| Self::of(&entry, keys)))
    }

    /// The group's secret, if we are an admin.
    #[must_use]
    pub const fn secret(&self) -> Option<&GroupSecret> {
        match self {
            Self::Admin(secret) => Some(secret),
            Self::Member(_) => None,
        }
    }

    /// A signed request about the group's boxes.
    #[must_use]
    pub fn request(&self, group: &GroupId, action: Action) -> StorageRequest {
        let account = SwarmAccount::from(*group);
        match self {
            Self::Admin(secret) => Signing::Owner(secret.keys()).request(account, action),
            Self::Member(auth) => {
                let sign = |text: &[u8]| auth.sign(text);
                let signing = Signing::Member {
                    subaccount: auth.subaccount(),
                    sign: &sign,
                };
                signing.request(account, action)
            }
        }
    }
}
