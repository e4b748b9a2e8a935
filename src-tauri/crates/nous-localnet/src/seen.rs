//! The record of what each server saw. Never what was inside a layer.

use std::collections::VecDeque;
use std::net::SocketAddr;

use serde::Serialize;

/// The most entries kept for one server; older ones go, the count stays.
const KEPT: usize = 20_000;

/// One thing that a server saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// The path asked for: `/storage_rpc/v1`, `/onion_req/v2`, `/json_rpc`, `/oxen/v4/lsrpc`.
    /// What came out of an onion for this node has `onion`.
    pub endpoint: String,
    /// The address that connected; `None` for what another node passed on.
    pub peer: Option<SocketAddr>,
    /// The method of a storage request that was direct or for this node; of a batch, all
    /// of them joined with `+`.
    pub method: Option<String>,
    /// The account of a **direct** request, 66 hex; of a batch the first.
    pub account: Option<String>,
}

/// The records of one server.
#[derive(Debug, Default)]
pub(crate) struct Record {
    entries: VecDeque<Seen>,
    count: u64,
}

impl Record {
    /// Adds an entry.
    pub(crate) fn add(&mut self, seen: Seen) {
        if self.entries.len() >= KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(seen);
        self.count += 1;
    }

    /// The entries kept, oldest first.
    pub(crate) fn entries(&self) -> Vec<Seen> {
        self.entries.iter().cloned().collect()
    }

    /// How many there were.
    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
