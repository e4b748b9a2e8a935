//! Opening seals and parsing contents, away from the async workers.

use std::sync::Arc;

use nous_protocol::account::AccountId;
use nous_protocol::content::{self, ContentError, Parsed};
use nous_protocol::envelope::{self, OpenError};
use nous_protocol::keys::IdentityKeys;
use nous_protocol::time::Timestamp;

use super::Stored;
use crate::cpu::CpuPool;
use crate::error::ClientError;

/// How many messages one piece of work opens.
const BATCH: usize = 128;

/// A message that was opened.
#[derive(Clone, PartialEq)]
pub struct Arrived {
    /// Its hash on the server.
    pub hash: String,
    /// Who signed it.
    pub sender: AccountId,
    /// The envelope's time: its name on the network.
    pub sent: Timestamp,
    /// The opened content, as received.
    pub content: Vec<u8>,
    /// What it says.
    pub parsed: Result<Parsed, ContentError>,
    /// The time of the store request.
    pub stored: Timestamp,
    /// When the swarm forgets it.
    pub expires: Timestamp,
}

impl std::fmt::Debug for Arrived {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arrived")
            .field("parsed", &self.parsed)
            .finish_non_exhaustive()
    }
}

/// A message that did not open; its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Its hash on the server.
    pub(crate) hash: String,
    /// When the swarm forgets it.
    pub(crate) expires: Timestamp,
    /// Which check failed.
    pub(crate) error: OpenError,
}

/// Opens messages in batches; the order stays.
///
/// # Errors
/// [`ClientError::Bug`] if the pool is gone.
pub(crate) async fn open_all(
    cpu: &CpuPool,
    keys: &Arc<IdentityKeys>,
    mut messages: Vec<Stored>,
) -> Result<Vec<Result<Arrived, Broken>>, ClientError> {
    let mut work = Vec::new();
    while !messages.is_empty() {
        let rest = messages.split_off(messages.len().min(BATCH));
        let (batch, keys) = (std::mem::replace(&mut messages, rest), Arc::clone(keys));
        work.push(cpu.run(move || open_batch(&keys, batch)));
    }
    let opened = futures_util::future::try_join_all(work).await?;
    Ok(opened.into_iter().flatten().collect())
}

fn open_batch(keys: &IdentityKeys, batch: Vec<Stored>) -> Vec<Result<Arrived, Broken>> {
    let data: Vec<&[u8]> = batch.iter().map(|stored| stored.data.as_slice()).collect();
    let opened = envelope::open_batch(keys, &data);
    batch
        .iter()
        .zip(opened)
        .map(|(stored, opened)| understand(stored, opened))
        .collect()
}

fn understand(stored: &Stored, opened: Result<envelope::Opened, OpenError>) -> Result<Arrived, Broken> {
    let opened = opened.map_err(|error| Broken {
        hash: stored.hash.clone(),
        expires: stored.expires,
        error,
    })?;
    Ok(Arrived {
        hash: stored.hash.clone(),
        sender: opened.sender,
        sent: opened.envelope_timestamp,
        parsed: content::parse(&opened.content, opened.envelope_timestamp),
        content: opened.content,
        stored: stored.stored,
        expires: stored.expires,
    })
}
