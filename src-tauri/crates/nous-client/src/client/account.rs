//! The account: create, restore, name, phrase, password.

use std::sync::Arc;
use std::time::Duration;

use nous_network::{SwarmApi, clock};
use nous_protocol::identity::{NameError, typed_name};
use nous_protocol::keys::{IdentityKeys, Seed};
use nous_protocol::mnemonic::{self, MnemonicError, RecoveryPhrase};
use nous_storage::account::{self, Account, Milestone, NewAccount};
use nous_storage::key::{KeyError, NewProtection, Protection};
use nous_storage::secret::Password;
use nous_storage::settings;
use zeroize::Zeroizing;

use super::jobs::JobKind;
use super::opening::blocking;
use super::{Client, Session, lock, session};
use crate::config_sync::{actions, restore};
use crate::error::ClientError;
use crate::events::{Change, JobState};
use crate::pictures;

/// How long a restore is shown as going on; then it continues in the background.
const RESTORE_PATIENCE: Duration = Duration::from_secs(15);
/// Of a restore: the network, the profile, the rest.
pub(super) const RESTORE_STEPS: u32 = 3;

/// Why an account cannot be made or restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The phrase.
    #[error(transparent)]
    Phrase(#[from] MnemonicError),
    /// Anything else.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// Why a password was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// It is not the profile's.
    #[error("wrong password")]
    Wrong,
    /// Too many wrong ones: wait.
    #[error("too many tries")]
    TooManyTries(Duration),
    /// The new one is too short or too long.
    #[error("length")]
    Length,
    /// The key could not be had or changed.
    #[error(transparent)]
    Key(KeyError),
    /// Anything else.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl From<KeyError> for PasswordError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::PasswordLength => Self::Length,
            KeyError::WrongPassword | KeyError::Locked => Self::Wrong,
            KeyError::TooManyTries { wait } => Self::TooManyTries(wait),
            other => Self::Key(other),
        }
    }
}

/// The recovery phrase and the content of its QR code.
#[derive(Debug)]
pub struct Phrase {
    /// The 13 words.
    pub words: RecoveryPhrase,
    /// The seed as 32 hexadecimal digits.
    pub seed_hex: Zeroizing<String>,
}

/// A name as typed, without control characters and those that turn the direction of text;
/// line breaks become spaces.
///
/// Source: `product.md` §3.
fn own_name(text: &str) -> Result<String, NameError> {
    let is_turning = |c: &char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_break = |c: char| matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}');
    let spaced = text.chars().map(|c| if is_break(c) { ' ' } else { c });
    typed_name(
        &spaced
            .filter(|c| !c.is_control() && !is_turning(c))
            .collect::<String>(),
    )
}

impl Client {
    /// Makes an account: on the disk before this returns.
    ///
    /// # Errors
    /// [`RestoreError::Name`], [`ClientError::AccountExists`], or what the database said.
    pub async fn create_account(&self, display_name: &str) -> Result<Account, RestoreError> {
        let name = own_name(display_name)?;
        let seed = Seed::generate(&mut rand::rng());
        Ok(self.write_account(seed, name, false).await?)
    }

    /// Makes the account of a phrase, and fetches what the network has in the background;
    /// progress is announced under the number of the job.
    ///
    /// `display_name`: the name to use; `None` if the person has not given one.
    ///
    /// # Errors
    /// [`RestoreError`].
    pub async fn start_restore(&self, phrase: &str, display_name: Option<&str>) -> Result<u64, RestoreError> {
        let seed = mnemonic::decode(phrase)?;
        let name = display_name
            .filter(|name| !name.trim().is_empty())
            .map(own_name)
            .transpose()?;
        self.write_account(seed, name.unwrap_or_default(), true).await?;
        let session = self.session()?;
        let (job, token) = self.new_job(JobKind::Restore);
        let client = self.clone();
        self.announce_restore(job, 0, JobState::Running);
        drop(self.inner.tasks.spawn("restore job", async move {
            let work = client.restore(&session, job);
            if let Some(state) = token.run_until_cancelled(work).await {
                client.announce_restore(job, RESTORE_STEPS, state);
            }
            client.end_job(job);
        }));
        Ok(job)
    }

    async fn restore(&self, session: &Session, job: u64) -> JobState {
        let fetched = async {
            if let Err(error) = self.fetch_profile(session, job).await {
                tracing::debug!(%error, "the profile was not found at once");
            }
            self.announce_restore(job, 2, JobState::Running);
            match &session.engine {
                Some(engine) => engine.rounds().wait_for(|rounds| *rounds > 0).await.is_ok(),
                None => {
                    session.poll_once(self).await.is_ok()
                        && session::finish_restore(&session.core).await.is_ok()
                }
            }
        };
        let is_done = tokio::time::timeout(RESTORE_PATIENCE, fetched)
            .await
            .unwrap_or(false);
        let account = session.core.db.read(account::load).await;
        let needs_name = !matches!(account, Ok(Some(account)) if !account.display_name.is_empty());
        JobState::Done {
            needs_name,
            continues: !is_done,
        }
    }

    /// The name before everything else: it is asked of all nodes at once.
    async fn fetch_profile(&self, session: &Session, job: u64) -> Result<bool, ClientError> {
        let network = session.linked_network(self).await?;
        self.announce_restore(job, 1, JobState::Running);
        let core = session.core.with_clock(network.clock());
        let swarm: Arc<dyn SwarmApi> = Arc::new(network.clone());
        restore::fetch_profile(&core, &swarm).await
    }

    pub(super) async fn write_account(
        &self,
        seed: Seed,
        display_name: String,
        is_restored: bool,
    ) -> Result<Account, ClientError> {
        let _turn = self.inner.turn.lock().await;
        let open = self.opened()?;
        if open.db.read(account::load).await?.is_some() {
            return Err(ClientError::AccountExists);
        }
        *lock(&self.inner.deletion) = None;
        let now = clock::local();
        let keys = IdentityKeys::from_seed(&seed);
        let has_new_name = !display_name.is_empty();
        let new = NewAccount {
            seed,
            id: keys.account_id(),
            display_name,
            profile_updated_s: if has_new_name { now.as_wire() / 1_000 } else { 0 },
            created: now,
            is_restored,
        };
        drop(keys);
        open.db
            .write_durable(move |writer| account::create(writer, &new))
            .await?;
        session::start_if_account(self, &open).await?;
        self.inner.hub.announce([Change::Account]);
        self.account().await
    }

    /// Forgets the account and everything that belongs to it.
    ///
    /// # Errors
    /// What the database said.
    pub async fn discard_account(&self) -> Result<(), ClientError> {
        let _turn = self.inner.turn.lock().await;
        let open = self.opened()?;
        self.forget_unsaved();
        session::stop(&open).await;
        open.db.write_durable(account::discard).await?;
        // What is left of it is swept at the next start.
        pictures::remove_all_files(&open.db).await?;
        session::forget_swarms(self).await?;
        self.inner.hub.announce([Change::Account, Change::Resync]);
        Ok(())
    }

    /// The account.
    ///
    /// # Errors
    /// [`ClientError::NoAccount`], or what the database said.
    pub async fn account(&self) -> Result<Account, ClientError> {
        self.db()?
            .read(account::load)
            .await?
            .ok_or(ClientError::NoAccount)
    }

    /// What protects the database key.
    ///
    /// # Errors
    /// [`ClientError::NotOpen`].
    pub fn protection(&self) -> Result<Protection, ClientError> {
        Ok(self.opened()?.profile()?.protection())
    }

    /// Changes the name given to others; goes out with the next messages.
    ///
    /// # Errors
    /// [`RestoreError::Name`], or what the database said.
    pub async fn set_display_name(&self, name: &str) -> Result<Account, RestoreError> {
        let name = own_name(name)?;
        let seconds = self.now().as_wire() / 1_000;
        let core = self.session()?.core;
        actions::set_name(&core, name, seconds).await?;
        Ok(self.account().await?)
    }

    /// Notes that something happened.
    ///
    /// # Errors
    /// What the database said.
    pub async fn reach(&self, milestone: Milestone) -> Result<(), ClientError> {
        self.db()?
            .write(move |writer| account::reach(writer, milestone))
            .await?;
        self.inner.hub.announce([Change::Account]);
        Ok(())
    }

    /// The recovery phrase; behind the password if one is set.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn recovery_phrase(&self, password: Option<String>) -> Result<Phrase, PasswordError> {
        self.check_password(password).await?;
        let seed = self
            .db()?
            .read(account::seed)
            .await
            .map_err(ClientError::from)?
            .ok_or(ClientError::NoAccount)?;
        Ok(Phrase {
            words: mnemonic::encode(&seed),
            seed_hex: Zeroizing::new(hex::encode(seed.expose())),
        })
    }

    /// Whether this is the password, if one is set; wrong ones are counted.
    pub(super) async fn check_password(&self, password: Option<String>) -> Result<(), PasswordError> {
        let profile = self.opened()?.profile()?;
        if profile.protection() != Protection::Password {
            return Ok(());
        }
        let password = Password::new(password.ok_or(PasswordError::Wrong)?);
        let is_right = blocking(move || profile.check_password(&password, clock::local())).await??;
        if is_right {
            Ok(())
        } else {
            Err(PasswordError::Wrong)
        }
    }

    /// Sets, changes or (`new` = `None`) removes the password.
    ///
    /// # Errors
    /// [`PasswordError`]; the old one holds then.
    pub async fn set_password(
        &self,
        current: Option<String>,
        new: Option<String>,
    ) -> Result<(), PasswordError> {
        self.check_password(current).await?;
        let profile = self.opened()?.profile()?;
        let new = new.map(Password::new);
        if new
            .as_ref()
            .is_some_and(|password| !password.has_allowed_length())
        {
            return Err(PasswordError::Length);
        }
        blocking(move || {
            let wanted = new
                .as_ref()
                .map_or(NewProtection::Device, NewProtection::Password);
            profile.protect(&wanted)
        })
        .await??;
        self.inner.idle.stir();
        self.inner.hub.announce([Change::Account]);
        Ok(())
    }

    /// The cursor that a follower of arrivals keeps, and its replacement.
    ///
    /// # Errors
    /// What the database said.
    pub async fn watch_cursor(&self) -> Result<Option<i64>, ClientError> {
        Ok(self
            .db()?
            .read(|reader| settings::get(reader, WATCH_CURSOR))
            .await?)
    }

    /// Keeps the cursor of a follower of arrivals.
    ///
    /// # Errors
    /// What the database said.
    pub async fn set_watch_cursor(&self, cursor: i64) -> Result<(), ClientError> {
        Ok(self
            .db()?
            .write(move |writer| settings::set(writer, WATCH_CURSOR, &cursor))
            .await?)
    }
}

const WATCH_CURSOR: &str = "watch.cursor";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_names_lose_what_does_not_show() {
        assert_eq!(
            own_name("\u{202e}Al\u{0}ice\u{2066}\n\u{7}L. ").as_deref(),
            Ok("Alice L.")
        );
        assert_eq!(own_name(" \u{202e}\u{7} "), Err(NameError::Empty));
        assert_eq!(own_name(&"n".repeat(101)), Err(NameError::TooLong(101)));
    }
}
