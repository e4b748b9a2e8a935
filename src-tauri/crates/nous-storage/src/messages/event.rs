//! What happened in a group, as its timeline tells it.

use nous_protocol::account::AccountId;
use serde::{Deserialize, Serialize};

use crate::error::StorageError;

/// Something that happened in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum GroupEvent {
    /// We made it.
    Created,
    /// The author of the row invited us.
    Invited,
    /// We are in it now.
    Joined,
    /// They were added.
    #[serde(rename_all = "camelCase")]
    Added {
        /// Who.
        people: Vec<AccountId>,
        /// Whether they can read what was said before.
        with_history: bool,
    },
    /// They were removed.
    Removed {
        /// Who.
        people: Vec<AccountId>,
    },
    /// They are admins now.
    Promoted {
        /// Who.
        people: Vec<AccountId>,
    },
    /// The author of the row left.
    Left,
    /// It has another name.
    Named {
        /// Cleaned; empty if nobody said which.
        name: String,
    },
    /// It has another picture, or none.
    PictureChanged,
    /// Messages disappear after so long.
    TimerChanged {
        /// In seconds; 0: they stay.
        seconds: u32,
    },
}

impl GroupEvent {
    pub(super) fn to_json(&self) -> Result<String, StorageError> {
        serde_json::to_string(self).map_err(|_| StorageError::Value("an event"))
    }

    /// `None` for no event, or one of a newer version.
    pub(crate) fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Everybody whom it names.
    #[must_use]
    pub fn people(&self) -> &[AccountId] {
        match self {
            Self::Added { people, .. } | Self::Removed { people } | Self::Promoted { people } => people,
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn events_are_read_as_they_were_written() {
        let people = vec![AccountId::from_x25519([7; 32])];
        let events = [
            GroupEvent::Created,
            GroupEvent::Added {
                people: people.clone(),
                with_history: true,
            },
            GroupEvent::Removed { people },
            GroupEvent::Named { name: "Café".into() },
            GroupEvent::TimerChanged { seconds: 60 },
        ];
        for event in events {
            let json = event.to_json().unwrap();
            assert_eq!(GroupEvent::from_json(&json), Some(event));
        }
        assert_eq!(GroupEvent::from_json(""), None);
        assert_eq!(GroupEvent::from_json("{\"kind\":\"ofAnotherVersion\"}"), None);
    }
}
