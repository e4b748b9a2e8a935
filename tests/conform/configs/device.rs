//! A device with one config, and what it pushes.

use anyhow::{Context, ensure};
use nous_protocol::config::contacts::Contacts;
use nous_protocol::config::convo_info_volatile::ConvoInfoVolatile;
use nous_protocol::config::kind::ConfigKind;
use nous_protocol::config::sealing::{ConfigKeys, SealingError};
use nous_protocol::config::state::{ConfigState, MergeOutcome, PendingPush};
use nous_protocol::config::user_groups::UserGroups;
use nous_protocol::config::user_profile::UserProfile;
use nous_protocol::config::{crypto, form, wrap};
use nous_protocol::keys::IdentityKeys;
use nous_protocol::time::Timestamp;
use serde_json::{Value, json};

/// What the runner needs of every kind of config.
pub(crate) trait Config: Default + From<ConfigState> {
    /// Which one.
    const KIND: ConfigKind;
    fn state(&self) -> &ConfigState;
    fn state_mut(&mut self) -> &mut ConfigState;

    fn push(&mut self, keys: &ConfigKeys<'_>, now: Timestamp) -> Result<PendingPush, SealingError> {
        self.state_mut().push(keys, now)
    }

    fn merge(&mut self, hash: &str, message: &[u8], keys: &ConfigKeys<'_>, now: Timestamp) -> MergeOutcome {
        self.state_mut().merge([(hash, message)], keys, now)
    }
}

macro_rules! config {
    ($($name:ident { $($rest:tt)* })*) => {$(
        impl Config for $name {
            const KIND: ConfigKind = $name::KIND;
            fn state(&self) -> &ConfigState {
                $name::state(self)
            }
            fn state_mut(&mut self) -> &mut ConfigState {
                $name::state_mut(self)
            }
            $($rest)*
        }
    )*};
}

config! {
    UserProfile {}
    Contacts {}
    UserGroups {}
    ConvoInfoVolatile {
        fn push(&mut self, keys: &ConfigKeys<'_>, now: Timestamp) -> Result<PendingPush, SealingError> {
            ConvoInfoVolatile::push(self, keys, now)
        }
        fn merge(&mut self, hash: &str, message: &[u8], keys: &ConfigKeys<'_>, now: Timestamp) -> MergeOutcome {
            ConvoInfoVolatile::merge(self, [(hash, message)], keys, now)
        }
    }
}

/// A device of the account of a case.
pub(crate) struct Device<'a, T> {
    account: &'a IdentityKeys,
    pub(crate) config: T,
    pub(crate) now: Timestamp,
}

/// A pushed message, and its layers.
pub(crate) struct Pushed {
    pub(crate) seqno: i64,
    pub(crate) message: Vec<u8>,
    pub(crate) obsolete: Vec<String>,
    pub(crate) opened: Opened,
}

/// The layers of a stored message.
pub(crate) struct Opened {
    is_wrapped: bool,
    inner_size: usize,
    padded_size: usize,
    is_compressed: bool,
    pub(crate) plaintext: Vec<u8>,
}

impl Pushed {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "seqno": self.seqno,
            "message": hex::encode(&self.message),
            "obsolete": self.obsolete,
            "wrapped": self.opened.is_wrapped,
            "inner_size": self.opened.inner_size,
            "padded_size": self.opened.padded_size,
            "compressed": self.opened.is_compressed,
            "plaintext": hex::encode(&self.opened.plaintext),
        })
    }
}

/// Takes the layers off a stored message.
pub(crate) fn open<T: Config>(account: &IdentityKeys, message: &[u8]) -> anyhow::Result<Opened> {
    let inner = wrap::unwrap(account, T::KIND.namespace(), message);
    let body = crypto::decrypt_own(account, &inner, T::KIND.domain())?;
    Ok(Opened {
        is_wrapped: inner.len() != message.len(),
        inner_size: inner.len(),
        padded_size: inner.len() - crypto::OVERHEAD,
        is_compressed: body.first() == Some(&b'z'),
        plaintext: form::inflate(body).context("does not inflate")?,
    })
}

impl<'a, T: Config> Device<'a, T> {
    pub(crate) fn new(account: &'a IdentityKeys, now: Timestamp) -> Self {
        Self {
            account,
            config: T::default(),
            now,
        }
    }

    /// Another device of the same account, empty.
    pub(crate) fn sibling(&self) -> Self {
        Self::new(self.account, self.now)
    }

    fn keys(&self) -> ConfigKeys<'a> {
        ConfigKeys::own(T::KIND, self.account)
    }

    pub(crate) fn push(&mut self) -> anyhow::Result<Pushed> {
        let push = self.config.push(&self.keys(), self.now)?;
        let [message] = push.messages.as_slice() else {
            anyhow::bail!("{} parts", push.messages.len());
        };
        Ok(Pushed {
            seqno: push.seqno,
            message: message.clone(),
            obsolete: push.obsolete,
            opened: open::<T>(self.account, message)?,
        })
    }

    pub(crate) fn confirm(&mut self, seqno: i64, hash: &str) {
        let hashes = [hash.to_owned()].into();
        self.config.state_mut().confirm_pushed(seqno, hashes);
    }

    /// What was superseded is gone.
    pub(crate) fn delete_obsolete(&mut self) {
        let obsolete = self.config.state().obsolete_hashes().clone();
        let hashes = obsolete.iter().map(String::as_str);
        self.config.state_mut().confirm_deleted(hashes);
    }

    pub(crate) fn merge(&mut self, hash: &str, message: &[u8]) -> anyhow::Result<()> {
        let outcome = self.config.merge(hash, message, &self.keys(), self.now);
        match outcome.rejected.first() {
            Some((_, error)) => Err((*error).into()),
            None => Ok(()),
        }
    }

    /// The row of the config, which must give the same config again.
    pub(crate) fn dump_and_reload(&mut self) -> anyhow::Result<Vec<u8>> {
        let dump = self.config.state_mut().dump();
        let loaded = ConfigState::load(&dump)?;
        ensure!(loaded == *self.config.state(), "another config in its row");
        self.config = T::from(loaded);
        Ok(dump)
    }
}
