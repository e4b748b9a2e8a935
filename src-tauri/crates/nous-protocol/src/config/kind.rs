//! The four configs of an account.

use crate::account::Namespace;

/// Which config of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfigKind {
    /// Name, picture, Note to Self.
    UserProfile,
    /// People.
    Contacts,
    /// What was read.
    ConvoInfoVolatile,
    /// Groups and communities.
    UserGroups,
}

impl ConfigKind {
    /// All of them, by namespace.
    pub const ALL: [Self; 4] = [
        Self::UserProfile,
        Self::Contacts,
        Self::ConvoInfoVolatile,
        Self::UserGroups,
    ];

    /// Where it is stored.
    ///
    /// Source: `config.md` §10 to §13.
    #[must_use]
    pub const fn namespace(self) -> Namespace {
        match self {
            Self::UserProfile => Namespace::USER_PROFILE,
            Self::Contacts => Namespace::CONTACTS,
            Self::ConvoInfoVolatile => Namespace::CONVO_INFO_VOLATILE,
            Self::UserGroups => Namespace::USER_GROUPS,
        }
    }

    /// The config of a namespace.
    #[must_use]
    pub fn of(namespace: Namespace) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.namespace() == namespace)
    }

    /// The domain of its encryption.
    ///
    /// Source: `config.md` §5.
    #[must_use]
    pub const fn domain(self) -> &'static str {
        match self {
            Self::UserProfile => "UserProfile",
            Self::Contacts => "Contacts",
            Self::ConvoInfoVolatile => "ConvoInfoVolatile",
            Self::UserGroups => "UserGroups",
        }
    }
}
