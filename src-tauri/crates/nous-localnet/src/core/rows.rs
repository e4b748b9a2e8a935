//! What one node keeps: rows by account, namespace and arrival, and revocations.
//!
//! Everything that alters it is a [`Change`], so that a journal of changes is the state.
//!
//! Source: `network.md` §4.5, §9.3.

use std::collections::BTreeMap;

use bytes::Bytes;
use nous_protocol::account::{Namespace, SwarmAccount};

use super::params::Spaces;
use super::request::{MAX_TOKENS, Token};

/// A stored message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) namespace: Namespace,
    pub(crate) hash: String,
    pub(crate) timestamp: i64,
    pub(crate) expiry: i64,
    pub(crate) data: Bytes,
}

/// One step of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// A new row; its number is the next one.
    Put(SwarmAccount, Row),
    /// Another expiry for a row.
    Expiry(SwarmAccount, String, i64),
    /// A row goes.
    Remove(SwarmAccount, String),
    /// A token is revoked at this time.
    Revoke(SwarmAccount, Token, i64),
    /// A token is valid again.
    Unrevoke(SwarmAccount, Token),
    /// Everything goes.
    Wipe,
}

#[derive(Debug, Default)]
struct Account {
    rows: BTreeMap<(Namespace, u64), Row>,
    by_hash: BTreeMap<String, (Namespace, u64)>,
    revoked: BTreeMap<Token, i64>,
}

/// All rows of a node.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    accounts: BTreeMap<SwarmAccount, Account>,
    arrivals: u64,
    bytes: u64,
    /// Changes since they were last taken; `None` if nobody takes them.
    changes: Option<Vec<Change>>,
}

/// What a retrieve may bring.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) count: Option<usize>,
    pub(crate) size: usize,
}

/// What each message costs beyond its hash and data.
const OVERHEAD: usize = 100;

impl Rows {
    /// From now on changes are kept for [`Rows::take_changes`].
    pub(crate) fn keep_changes(&mut self) {
        self.changes.get_or_insert_default();
    }

    /// The changes since the last call.
    pub(crate) fn take_changes(&mut self) -> Vec<Change> {
        self.changes.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Takes one step.
    pub(crate) fn apply(&mut self, change: Change) {
        if let Some(changes) = &mut self.changes {
            changes.push(change.clone());
        }
        match change {
            Change::Put(account, row) => self.put(account, row),
            Change::Expiry(account, hash, expiry) => {
                if let Some(row) = self.row_mut(&account, &hash) {
                    row.expiry = expiry;
                }
            }
            Change::Remove(account, hash) => self.remove(&account, &hash),
            Change::Revoke(account, token, at) => self.revoke(account, token, at),
            Change::Unrevoke(account, token) => {
                if let Some(state) = self.accounts.get_mut(&account) {
                    state.revoked.remove(&token);
                }
            }
            Change::Wipe => {
                self.accounts.clear();
                self.bytes = 0;
            }
        }
    }

    fn put(&mut self, account: SwarmAccount, row: Row) {
        self.arrivals += 1;
        self.bytes += row.data.len() as u64;
        let state = self.accounts.entry(account).or_default();
        let at = (row.namespace, self.arrivals);
        let old = state.by_hash.insert(row.hash.clone(), at);
        if let Some(old) = old.and_then(|old| state.rows.remove(&old)) {
            self.bytes = self.bytes.saturating_sub(old.data.len() as u64);
        }
        state.rows.insert(at, row);
    }

    fn remove(&mut self, account: &SwarmAccount, hash: &str) {
        let Some(state) = self.accounts.get_mut(account) else {
            return;
        };
        if let Some(row) = state.by_hash.remove(hash).and_then(|at| state.rows.remove(&at)) {
            self.bytes = self.bytes.saturating_sub(row.data.len() as u64);
        }
    }

    fn revoke(&mut self, account: SwarmAccount, token: Token, at: i64) {
        let revoked = &mut self.accounts.entry(account).or_default().revoked;
        let newest = revoked.get(&token).map_or(at, |old| at.max(*old));
        revoked.insert(token, newest);
        while revoked.len() > MAX_TOKENS {
            let oldest = revoked.iter().min_by_key(|(_, at)| **at);
            let Some(oldest) = oldest.map(|(token, _)| *token) else {
                return;
            };
            revoked.remove(&oldest);
        }
    }

    fn row_mut(&mut self, account: &SwarmAccount, hash: &str) -> Option<&mut Row> {
        let state = self.accounts.get_mut(account)?;
        state.rows.get_mut(state.by_hash.get(hash)?)
    }

    /// Bytes of data held.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Number of rows of all accounts.
    pub(crate) fn len(&self) -> usize {
        self.accounts.values().map(|state| state.rows.len()).sum()
    }

    /// The row with this hash.
    pub(crate) fn row(&self, account: &SwarmAccount, hash: &str) -> Option<&Row> {
        let state = self.accounts.get(account)?;
        state.rows.get(state.by_hash.get(hash)?)
    }

    /// The rows of an account in these namespaces, by namespace and arrival.
    pub(crate) fn of(&self, account: &SwarmAccount, spaces: Spaces) -> Vec<&Row> {
        let rows = self.accounts.get(account).into_iter();
        rows.flat_map(|state| state.rows.values())
            .filter(|row| spaces.contains(row.namespace))
            .collect()
    }

    /// Whether a token is revoked.
    pub(crate) fn is_revoked(&self, account: &SwarmAccount, token: &Token) -> bool {
        self.accounts
            .get(account)
            .is_some_and(|state| state.revoked.contains_key(token))
    }

    /// The rows after `last_hash` (all, if it is not known here) and whether there are more.
    pub(crate) fn after(
        &self,
        account: &SwarmAccount,
        namespace: Namespace,
        last_hash: Option<&str>,
        limits: Limits,
    ) -> (Vec<&Row>, bool) {
        let Some(state) = self.accounts.get(account) else {
            return (Vec::new(), false);
        };
        let last = last_hash.and_then(|hash| state.by_hash.get(hash));
        let from = match last {
            Some((there, number)) if *there == namespace => number.saturating_add(1),
            _ => 0,
        };
        let mut found = Vec::new();
        let mut size = 0;
        for row in state.rows.range((namespace, from)..=(namespace, u64::MAX)) {
            let row = row.1;
            size += OVERHEAD + row.hash.len() + row.data.len() * 4 / 3;
            let is_full = limits.count.is_some_and(|count| found.len() >= count);
            if is_full || (!found.is_empty() && size > limits.size) {
                return (found, true);
            }
            found.push(row);
        }
        (found, false)
    }

    /// Removes what has expired at `now`.
    pub(crate) fn sweep(&mut self, now: i64) {
        let mut expired = Vec::new();
        for (account, state) in &self.accounts {
            let rows = state.rows.values().filter(|row| row.expiry <= now);
            expired.extend(rows.map(|row| Change::Remove(*account, row.hash.clone())));
        }
        for change in expired {
            self.apply(change);
        }
    }

    /// The accounts with rows or revocations.
    pub(crate) fn accounts(&self) -> Vec<SwarmAccount> {
        self.accounts.keys().copied().collect()
    }

    /// Everything about an account as changes that make it elsewhere.
    pub(crate) fn export(&self, account: &SwarmAccount) -> Vec<Change> {
        let Some(state) = self.accounts.get(account) else {
            return Vec::new();
        };
        let mut by_arrival: Vec<_> = state.rows.iter().collect();
        by_arrival.sort_by_key(|((_, number), _)| *number);
        let rows = by_arrival
            .into_iter()
            .map(|(_, row)| Change::Put(*account, row.clone()));
        let revoked = state
            .revoked
            .iter()
            .map(|(token, at)| Change::Revoke(*account, *token, *at));
        rows.chain(revoked).collect()
    }

    /// Everything, as changes that make it from nothing, rows in the order of arrival.
    pub(crate) fn export_all(&self) -> Vec<Change> {
        let mut rows = Vec::new();
        let mut rest = Vec::new();
        for (account, state) in &self.accounts {
            rows.extend(
                state
                    .rows
                    .iter()
                    .map(|((_, number), row)| (*number, *account, row)),
            );
            rest.extend(
                self.export(account)
                    .into_iter()
                    .filter(|c| !matches!(c, Change::Put(..))),
            );
        }
        rows.sort_by_key(|(number, ..)| *number);
        let rows = rows
            .into_iter()
            .map(|(_, account, row)| Change::Put(account, row.clone()));
        rows.chain(rest).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: SwarmAccount = SwarmAccount::from_bytes([5; 33]);
    const NO_LIMITS: Limits = Limits {
        count: None,
        size: usize::MAX,
    };

    fn row(namespace: i16, hash: &str, expiry: i64, size: usize) -> Row {
        Row {
            namespace: Namespace(namespace),
            hash: hash.to_owned(),
            timestamp: 1,
            expiry,
            data: vec![0; size].into(),
        }
    }

    fn rows(list: &[(i16, &str, i64, usize)]) -> Rows {
        let mut rows = Rows::default();
        for (namespace, hash, expiry, size) in list {
            rows.apply(Change::Put(ACCOUNT, row(*namespace, hash, *expiry, *size)));
        }
        rows
    }

    fn hashes(rows: &Rows, last: Option<&str>, limits: Limits) -> (Vec<String>, bool) {
        let (found, more) = rows.after(&ACCOUNT, Namespace(0), last, limits);
        (found.iter().map(|row| row.hash.clone()).collect(), more)
    }

    #[test]
    fn rows_come_in_the_order_of_arrival_after_the_last_hash() {
        let rows = rows(&[(0, "b", 9, 1), (2, "x", 9, 1), (0, "a", 9, 1)]);
        assert_eq!(hashes(&rows, None, NO_LIMITS).0, ["b", "a"]);
        assert_eq!(hashes(&rows, Some("b"), NO_LIMITS).0, ["a"]);
        assert_eq!(hashes(&rows, Some("unknown"), NO_LIMITS).0, ["b", "a"]);
        assert_eq!(hashes(&rows, Some("x"), NO_LIMITS).0, ["b", "a"]);
    }

    #[test]
    fn one_message_always_comes_and_the_rest_is_announced() {
        let rows = rows(&[(0, "a", 9, 900), (0, "b", 9, 900)]);
        let small = Limits {
            count: None,
            size: 10,
        };
        assert_eq!(hashes(&rows, None, small), (vec!["a".to_owned()], true));
        let enough = Limits {
            count: None,
            size: 2 * (100 + 1 + 1200),
        };
        assert!(!hashes(&rows, None, enough).1);
        let one = Limits {
            count: Some(1),
            size: usize::MAX,
        };
        assert_eq!(hashes(&rows, None, one), (vec!["a".to_owned()], true));
    }

    #[test]
    fn a_sweep_removes_what_expires_now() {
        let mut rows = rows(&[(0, "a", 9, 5), (0, "b", 10, 5)]);
        rows.sweep(9);
        assert_eq!(hashes(&rows, None, NO_LIMITS).0, ["b"]);
        assert_eq!(rows.bytes(), 5);
    }

    #[test]
    fn only_the_newest_revocations_stay() {
        let mut rows = Rows::default();
        for n in 0..=50_u8 {
            rows.apply(Change::Revoke(ACCOUNT, [n; 36], i64::from(n)));
        }
        assert!(!rows.is_revoked(&ACCOUNT, &[0; 36]));
        assert!(rows.is_revoked(&ACCOUNT, &[1; 36]));
        assert!(rows.is_revoked(&ACCOUNT, &[50; 36]));
    }

    #[test]
    fn revocations_outlive_the_last_message() {
        let mut rows = rows(&[(0, "a", 9, 5)]);
        rows.apply(Change::Revoke(ACCOUNT, [1; 36], 1));
        rows.sweep(100);
        assert!(rows.is_revoked(&ACCOUNT, &[1; 36]));
    }

    #[test]
    fn changes_replayed_give_the_same_state() {
        let mut first = Rows::default();
        first.keep_changes();
        first.apply(Change::Put(ACCOUNT, row(0, "b", 9, 5)));
        first.apply(Change::Put(ACCOUNT, row(0, "a", 9, 5)));
        first.apply(Change::Expiry(ACCOUNT, "a".into(), 20));
        first.apply(Change::Revoke(ACCOUNT, [1; 36], 1));
        first.apply(Change::Remove(ACCOUNT, "b".into()));
        let mut second = Rows::default();
        for change in first.take_changes() {
            second.apply(change);
        }
        assert_eq!(first.export_all(), second.export_all());
        assert_eq!(second.row(&ACCOUNT, "a").map(|row| row.expiry), Some(20));
    }
}
