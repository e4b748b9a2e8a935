//! Leaving: the profile is erased, the account deleted from the network before if that is asked.
//!
//! A deletion from the network is written down before it is tried; as long as it is, nothing
//! else of the account runs, so that nothing is stored again.
//!
//! Source: `product.md` §17, `network.md` §4.

use std::sync::Arc;

use nous_network::{SwarmApi, SwarmError, clock};
use nous_storage::db::Database;
use nous_storage::error::StorageError;
use nous_storage::profile::{Profile, UnlockOptions};
use nous_storage::settings;

use super::opening::{blocking, sole_handle};
use super::{Client, OpenFailure, PasswordError, Session, State, lock, session};
use crate::error::ClientError;
use crate::events::Change;
use crate::leaving::{Deleted, delete_everything};
use crate::step::step;

/// The setting that says that the account is to be deleted from the network.
const DELETING: &str = "account.deleting";

/// How far a deletion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletionState {
    /// Nodes are being asked.
    Running,
    /// Not every node confirmed; it can be tried again, ended, or taken back.
    Partly,
    /// The account is gone from this device.
    Done,
}

/// A deletion of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// How far it is.
    pub state: DeletionState,
    /// What nodes confirmed; empty if they were not asked.
    pub deleted: Deleted,
}

impl Deletion {
    fn new(state: DeletionState, deleted: Deleted) -> Self {
        Self { state, deleted }
    }
}

impl Client {
    /// How a deletion stands: one that goes on, or the last one of this run.
    #[must_use]
    pub fn deletion(&self) -> Option<Deletion> {
        lock(&self.inner.deletion).clone()
    }

    pub(super) fn is_deleting(&self) -> bool {
        self.deletion()
            .is_some_and(|deletion| deletion.state != DeletionState::Done)
    }

    fn set_deletion(&self, deletion: Option<Deletion>) {
        *lock(&self.inner.deletion) = deletion;
        self.inner.hub.announce([Change::Account]);
    }

    /// Deletes the account: from this device, or from the network first. In that case the rest
    /// happens in the background, and [`Client::deletion`] says how it stands; a deletion that
    /// goes on already goes on.
    ///
    /// # Errors
    /// [`PasswordError`]; nothing was deleted then.
    pub async fn delete_account(
        &self,
        password: Option<String>,
        from_network: bool,
    ) -> Result<(), PasswordError> {
        self.check_password(password).await?;
        self.account().await?;
        if from_network {
            Ok(self.begin_deletion().await?)
        } else {
            Ok(self.end_deletion().await?)
        }
    }

    async fn begin_deletion(&self) -> Result<(), ClientError> {
        if self.is_deleting() {
            return self.retry_deletion();
        }
        let turn = self.inner.turn.lock().await;
        let open = self.opened()?;
        open.db
            .write_durable(|writer| settings::set(writer, DELETING, &true))
            .await?;
        step!("leave.noted");
        session::stop(&open).await;
        session::start_if_account(self, &open).await?;
        drop(turn);
        if !self.inner.is_polling {
            self.go_on_deleting(self.session()?);
        }
        Ok(())
    }

    /// Whether a deletion was begun, in this run or an earlier one.
    pub(super) async fn remember_deletion(&self, db: &Database) -> Result<bool, ClientError> {
        let flag = db.read(|reader| settings::get::<bool>(reader, DELETING)).await?;
        let is_begun = flag.unwrap_or(false);
        if is_begun && !self.is_deleting() {
            self.set_deletion(Some(Deletion::new(DeletionState::Partly, Deleted::default())));
        }
        Ok(is_begun)
    }

    /// Asks the nodes that have not confirmed, in the background.
    pub(super) fn go_on_deleting(&self, session: Session) {
        let before = self
            .deletion()
            .map(|deletion| deletion.deleted)
            .unwrap_or_default();
        self.set_deletion(Some(Deletion::new(DeletionState::Running, before.clone())));
        let client = self.clone();
        drop(self.inner.tasks.spawn("deletion", async move {
            client.ask_nodes(&session, before).await;
        }));
    }

    async fn ask_nodes(&self, session: &Session, before: Deleted) {
        let deleted = match session.linked_network(self).await {
            Ok(network) => {
                let core = session.core.with_clock(network.clock());
                let swarm: Arc<dyn SwarmApi> = Arc::new(network.clone());
                let told = |deleted: &Deleted| {
                    self.set_deletion(Some(Deletion::new(DeletionState::Running, deleted.clone())));
                };
                delete_everything(&core, &swarm, before, told).await
            }
            Err(error) => Deleted {
                failure: Some(match error {
                    ClientError::Swarm(error) => error,
                    _ => SwarmError::NoPath,
                }),
                ..before
            },
        };
        step!("leave.answered");
        let (is_complete, state) = (deleted.is_complete(), DeletionState::Partly);
        if !is_complete {
            return self.set_deletion(Some(Deletion::new(state, deleted)));
        }
        self.set_deletion(Some(Deletion::new(DeletionState::Running, deleted)));
        if let Err(error) = self.end_deletion().await {
            tracing::warn!(%error, "the profile could not be erased");
        }
    }

    /// Asks the nodes again that have not confirmed.
    ///
    /// # Errors
    /// [`ClientError::NotOpen`] if nothing is being deleted.
    pub fn retry_deletion(&self) -> Result<(), ClientError> {
        match self.deletion().map(|deletion| deletion.state) {
            Some(DeletionState::Partly) => self.go_on_deleting(self.session()?),
            Some(DeletionState::Running) => {}
            Some(DeletionState::Done) | None => return Err(ClientError::NotOpen),
        }
        Ok(())
    }

    /// Takes back a deletion that not every node confirmed: the account stays on this device,
    /// which stores again what belongs to it.
    ///
    /// # Errors
    /// [`ClientError::NotOpen`] if there is none; else what the database said.
    pub async fn cancel_deletion(&self) -> Result<(), ClientError> {
        if self
            .deletion()
            .is_none_or(|deletion| deletion.state != DeletionState::Partly)
        {
            return Err(ClientError::NotOpen);
        }
        let _turn = self.inner.turn.lock().await;
        let open = self.opened()?;
        open.db
            .write_durable(|writer| settings::remove(writer, DELETING))
            .await?;
        session::stop(&open).await;
        self.set_deletion(None);
        session::start_if_account(self, &open).await?;
        self.inner.hub.announce([Change::Account, Change::Resync]);
        Ok(())
    }

    /// Erases this device, whatever the network confirmed.
    ///
    /// # Errors
    /// What the disk said; what was begun goes on at the next start.
    pub async fn end_deletion(&self) -> Result<(), ClientError> {
        let deleted = self
            .deletion()
            .map(|deletion| deletion.deleted)
            .unwrap_or_default();
        self.set_deletion(Some(Deletion::new(DeletionState::Running, deleted.clone())));
        let erased = self.erase().await;
        let state = erased
            .as_ref()
            .map_or(DeletionState::Partly, |()| DeletionState::Done);
        self.set_deletion(Some(Deletion::new(state, deleted)));
        erased
    }

    /// Erases a profile whose password nobody knows any more, or whose database is damaged.
    ///
    /// # Errors
    /// [`ClientError::AccountExists`] if it is open: then its password must be given; else
    /// what the disk said.
    pub async fn erase_closed_profile(&self) -> Result<(), ClientError> {
        if matches!(*self.state(), State::Open(_)) {
            return Err(ClientError::AccountExists);
        }
        self.erase().await
    }

    /// Erases everything in the profile, and opens an empty one.
    async fn erase(&self) -> Result<(), ClientError> {
        let _turn = self.inner.turn.lock().await;
        if let Ok(open) = self.opened() {
            let profile = open.profile()?;
            blocking(move || profile.note_erasing())
                .await?
                .map_err(|_| ClientError::Storage(StorageError::ReadOnly))?;
        }
        self.forget_unsaved();
        let again = match self.set_state(State::Failed(OpenFailure::Unexpected)) {
            State::Open(open) => {
                session::stop(&open).await;
                let profile = lock(&open.profile).take();
                open.db.close().await;
                let sole = sole_handle(profile).await.ok_or(ClientError::NotOpen)?;
                blocking(move || sole.erase(clock::local())).await?
            }
            State::Closed => {
                self.set_state(State::Closed);
                return Err(ClientError::NotOpen);
            }
            // A damaged profile is held until here.
            held @ (State::Locked | State::Damaged(..) | State::Failed(_)) => {
                drop(held);
                let (dir, lock_timeout) = (self.inner.dir.clone(), self.inner.lock_timeout);
                let options = UnlockOptions {
                    lock_timeout,
                    ..UnlockOptions::new(clock::local())
                };
                blocking(move || Profile::erase_closed(&dir, &options)).await?
            }
        };
        let taken = self.take_in(again).await;
        self.inner
            .hub
            .announce([Change::Account, Change::Settings, Change::Resync]);
        taken.map_err(|_| ClientError::NotOpen)
    }
}
