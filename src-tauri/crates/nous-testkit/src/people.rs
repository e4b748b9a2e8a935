//! The people of the tests. Their seeds are fixed and far apart.

use nous_protocol::account::AccountId;
use nous_protocol::keys::{IdentityKeys, Seed};

/// Somebody with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Person {
    /// Writes first, mostly.
    Alice,
    /// Answers, mostly.
    Bob,
    /// A third; her name has an accent.
    Chloe,
}

impl Person {
    /// The display name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alice => "Alice",
            Self::Bob => "Bob",
            Self::Chloe => "Chloé",
        }
    }

    /// The seed's 16 bytes.
    #[must_use]
    pub const fn seed_bytes(self) -> [u8; 16] {
        match self {
            Self::Alice => [0xa1; 16],
            Self::Bob => [0xb0; 16],
            Self::Chloe => [0xc4; 16],
        }
    }

    /// The seed.
    #[must_use]
    pub const fn seed(self) -> Seed {
        Seed::from_bytes(self.seed_bytes())
    }

    /// The keys.
    #[must_use]
    pub fn keys(self) -> IdentityKeys {
        IdentityKeys::from_seed(&self.seed())
    }

    /// The address.
    #[must_use]
    pub fn id(self) -> AccountId {
        self.keys().account_id()
    }
}
