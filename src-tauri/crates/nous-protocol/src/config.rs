//! Config messages: what an account keeps the same on all its devices.
//!
//! A [`state::ConfigState`] holds one config of one device. [`kind::ConfigKind`] names the
//! four configs of an account; each has a type of its own over the state, which knows what
//! its keys mean.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`bytes`] | byte strings of the data |
//! | [`data`] | integers, strings, sets and dicts |
//! | [`diff`] | the names of what changed |
//! | [`message`] | one message, read and written |
//! | [`merge`] | what several messages come to |
//! | [`form`] | compression |
//! | [`parts`] | messages too large for one stored message |
//! | [`crypto`] | padding and encryption |
//! | [`wrap`] | the protobuf layers around the encrypted bytes of an account |
//! | [`sealing`] | all of these steps, there and back |
//! | [`state`] | clean, dirty, pending: change, push, confirm, merge, keep |
//! | [`kind`] | the four configs of an account |
//! | [`fields`] | how names, pictures, times and settings are kept |
//! | `server` | what is kept by the server of a community |
//! | [`community`] | canonical addresses of communities and rooms |
//! | [`user_profile`] | name, picture, Note to Self |
//! | [`contacts`] | people |
//! | [`convo_info_volatile`] | what was read |
//! | [`user_groups`] | groups and communities |
//! | [`group_info`] | what a group says of itself |
//! | [`group_members`] | who is in a group |
//!
//! Source: `config.md`.

/// What the configs of an account have in common: each is a state of its own kind.
macro_rules! typed {
    ($name:ident) => {
        impl $name {
            /// Which config this is.
            pub const KIND: $crate::config::kind::ConfigKind = $crate::config::kind::ConfigKind::$name;

            /// Reads what [`ConfigState::dump`] wrote.
            ///
            /// # Errors
            /// [`DumpError`](crate::config::state::DumpError) says what is wrong.
            pub fn load(dump: &[u8]) -> Result<Self, $crate::config::state::DumpError> {
                ConfigState::load(dump).map(Self::from)
            }

            /// What all configs have: what is stored, and what is not.
            #[must_use]
            pub const fn state(&self) -> &ConfigState {
                &self.state
            }

            /// The same, to push, confirm and merge.
            pub const fn state_mut(&mut self) -> &mut ConfigState {
                &mut self.state
            }
        }

        impl From<ConfigState> for $name {
            fn from(state: ConfigState) -> Self {
                Self { state }
            }
        }
    };
}
use typed;

/// What the configs of a group have in common: signed by admins, sealed with the group's keys.
macro_rules! typed_group {
    ($name:ident, $domain:literal, $namespace:ident) => {
        impl $name {
            /// The domain of its encryption.
            pub const DOMAIN: &'static str = $domain;
            /// Where it is stored.
            pub const NAMESPACE: $crate::account::Namespace = $crate::account::Namespace::$namespace;

            /// Reads what [`ConfigState::dump`] wrote.
            ///
            /// # Errors
            /// [`DumpError`](crate::config::state::DumpError) says what is wrong.
            pub fn load(dump: &[u8]) -> Result<Self, $crate::config::state::DumpError> {
                ConfigState::load(dump).map(|state| Self { state })
            }

            /// What all configs have: what is stored, and what is not.
            #[must_use]
            pub const fn state(&self) -> &ConfigState {
                &self.state
            }

            /// The same, to push, confirm and merge.
            pub const fn state_mut(&mut self) -> &mut ConfigState {
                &mut self.state
            }

            /// A tag of the key that sealed what it says; `None` if nobody knows.
            pub(crate) fn sealed_with(&self) -> Option<&[u8]> {
                self.state.local().string($crate::config::SEALED_WITH)
            }

            /// Notes the tag of the key that sealed what it says.
            pub(crate) fn note_sealed_with(&mut self, tag: &[u8]) {
                self.state
                    .note_local($crate::config::SEALED_WITH, Some(tag));
            }
        }
    };
}
use typed_group;

/// Where a config of a group keeps, on this device, which key sealed it.
const SEALED_WITH: &[u8] = b"sealed";

pub mod bytes;
pub mod community;
pub mod contacts;
pub mod convo_info_volatile;
pub mod crypto;
pub mod data;
pub mod diff;
pub mod fields;
pub mod form;
pub mod group_info;
pub mod group_members;
pub mod kind;
pub mod merge;
pub mod message;
pub mod parts;
pub mod sealing;
mod server;
pub mod state;
pub mod user_groups;
pub mod user_profile;
pub mod wrap;
