//! The connection, names, one poll.

use std::sync::atomic::Ordering;
use std::time::Duration;

use nous_network::{Connectivity, NameError};
use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use nous_storage::{account, inbox, messages, outbox};

use super::{Client, session};
use crate::error::ClientError;
use crate::send::worker;

/// The connection and what waits for it.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The connection; where no network runs, only the number of nodes known.
    pub connectivity: Connectivity,
    /// The last poll that a node answered.
    pub last_sync: Option<Timestamp>,
    /// Messages waiting to go out.
    pub waiting: u32,
    /// Messages that failed.
    pub failed: u32,
    /// Contents kept for a newer version.
    pub parked: u32,
    /// Messages that could not be used, and were dropped.
    pub dropped: u32,
}

impl Client {
    /// The connection and what waits for it.
    ///
    /// # Errors
    /// What the database said.
    pub async fn standing(&self) -> Result<Standing, ClientError> {
        let running = self.session().ok().and_then(|session| session.network().cloned());
        let connectivity = match running {
            Some(network) => network.connectivity().borrow().clone(),
            None => Connectivity {
                directory_size: session::saved_nodes(self).await?,
                ..Connectivity::default()
            },
        };
        let db = self.db()?;
        let read = db.read(move |reader| {
            Ok(Standing {
                connectivity,
                last_sync: account::load(reader)?.and_then(|account| account.last_sync),
                waiting: outbox::waiting(reader)?,
                failed: messages::failed_count(reader)?,
                parked: inbox::parked_count(reader)?,
                dropped: inbox::dropped_count(reader)?,
            })
        });
        Ok(read.await?)
    }

    /// Builds other paths.
    ///
    /// # Errors
    /// [`ClientError::NoAccount`]: nothing touches the network before there is one.
    pub async fn rotate_paths(&self) -> Result<(), ClientError> {
        let session = self.session()?;
        session.started_network(self).await?.rotate_paths().await;
        Ok(())
    }

    /// Sends one request through a path; how long it took.
    ///
    /// # Errors
    /// [`ClientError::Swarm`].
    pub async fn test_connection(&self) -> Result<Duration, ClientError> {
        let session = self.session()?;
        Ok(session.linked_network(self).await?.test_connection().await?)
    }

    /// The account behind a name.
    ///
    /// # Errors
    /// The client's own as the left side; else [`NameError`].
    pub async fn lookup_name(&self, name: &str) -> Result<Result<AccountId, NameError>, ClientError> {
        let session = self.session()?;
        let network = session.linked_network(self).await?;
        Ok(network.resolve_name(name).await)
    }

    /// Tries everything that waits at once, and polls.
    ///
    /// # Errors
    /// What the database said.
    pub async fn send_now(&self) -> Result<(), ClientError> {
        let session = self.session()?;
        worker::make_due(&session.core).await?;
        if let Some(engine) = &session.engine {
            engine.control().poll_now();
        }
        Ok(())
    }

    /// Polls the own swarm to the end; answers how many new messages there were.
    ///
    /// # Errors
    /// [`ClientError::Swarm`] if nobody answered; else what the database said.
    pub async fn poll_once(&self) -> Result<u32, ClientError> {
        let session = self.session()?;
        session.poll_once(self).await
    }

    /// Says whether a window is used: sets the pace of polling, now and for every session that
    /// begins later.
    pub fn set_used(&self, is_used: bool) {
        self.inner.is_used.store(is_used, Ordering::Release);
        self.inner.idle.stir();
        if let Ok(session) = self.session()
            && let Some(engine) = &session.engine
        {
            engine.control().set_used(is_used);
        }
    }
}
