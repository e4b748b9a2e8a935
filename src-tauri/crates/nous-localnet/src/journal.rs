//! What the nodes keep over restarts: one line of JSON for each change.
//!
//! A line is written before the answer to its request. A last line that is cut off is one
//! whose request nobody got an answer to; it is ignored. At each start the file is written
//! anew without what has been overtaken.
//!
//! Source: `architecture.md` §14.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nous_protocol::account::{AccountId, Namespace, SwarmAccount};
use serde::{Deserialize, Serialize};

use crate::core::cluster::Cluster;
use crate::core::request::Token;
use crate::core::rows::{Change, Row};
use crate::error::LocalnetError;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "what")]
enum Line {
    Put {
        node: usize,
        account: String,
        namespace: i16,
        hash: String,
        timestamp: i64,
        expiry: i64,
        data: String,
    },
    Expiry {
        node: usize,
        account: String,
        hash: String,
        expiry: i64,
    },
    Remove {
        node: usize,
        account: String,
        hash: String,
    },
    Revoke {
        node: usize,
        account: String,
        token: String,
        at: i64,
    },
    Unrevoke {
        node: usize,
        account: String,
        token: String,
    },
    Wipe {
        node: usize,
    },
    Name {
        name: String,
        account: Option<String>,
    },
    Moved {
        account: String,
        swarm: u64,
    },
}

/// The open file.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
}

impl Journal {
    /// Gives `cluster` what the file holds, and keeps it from now on.
    pub(crate) fn open(path: &Path, cluster: &mut Cluster) -> Result<Self, LocalnetError> {
        if path.exists() {
            replay(path, cluster)?;
        }
        let beside = path.with_extension("new");
        let mut file = File::create(&beside)?;
        write(&mut file, snapshot(cluster))?;
        drop(file);
        fs::rename(&beside, path)?;
        for member in &mut cluster.members {
            member.node.rows.keep_changes();
        }
        let file = OpenOptions::new().append(true).open(path)?;
        Ok(Self { file })
    }

    /// Writes what has changed since the last time.
    pub(crate) fn record(&mut self, cluster: &mut Cluster) {
        let mut lines = Vec::new();
        for (node, member) in cluster.members.iter_mut().enumerate() {
            let changes = member.node.rows.take_changes().into_iter();
            lines.extend(changes.map(|change| line(node, change)));
        }
        self.write(lines);
    }

    /// Writes that a name stands for an account, or no longer does.
    pub(crate) fn name(&mut self, name: &str, account: Option<AccountId>) {
        let account = account.map(|account| account.to_string());
        let name = name.to_owned();
        self.write(vec![Line::Name { name, account }]);
    }

    /// Writes that an account has moved.
    pub(crate) fn moved(&mut self, account: SwarmAccount, swarm: u64) {
        let account = account.to_string();
        self.write(vec![Line::Moved { account, swarm }]);
    }

    fn write(&mut self, lines: Vec<Line>) {
        // A full disk costs what comes after a restart; the running network goes on.
        let _ = write(&mut self.file, lines);
    }
}

/// Whole lines in one write, so that a crash cuts at most the last one.
fn write(file: &mut File, lines: Vec<Line>) -> std::io::Result<()> {
    let mut text = Vec::new();
    for line in &lines {
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
    }
    if text.is_empty() {
        return Ok(());
    }
    file.write_all(&text)
}

fn snapshot(cluster: &Cluster) -> Vec<Line> {
    let mut lines = Vec::new();
    for (node, member) in cluster.members.iter().enumerate() {
        let changes = member.node.rows.export_all().into_iter();
        lines.extend(changes.map(|change| line(node, change)));
    }
    lines.extend(cluster.names.all().map(|(name, account)| Line::Name {
        name: name.clone(),
        account: Some(account.to_string()),
    }));
    lines.extend(cluster.moved.iter().map(|(account, swarm)| Line::Moved {
        account: account.to_string(),
        swarm: *swarm,
    }));
    lines
}

fn line(node: usize, change: Change) -> Line {
    match change {
        Change::Put(account, row) => Line::Put {
            node,
            account: account.to_string(),
            namespace: row.namespace.0,
            hash: row.hash,
            timestamp: row.timestamp,
            expiry: row.expiry,
            data: STANDARD.encode(&row.data),
        },
        Change::Expiry(account, hash, expiry) => Line::Expiry {
            node,
            account: account.to_string(),
            hash,
            expiry,
        },
        Change::Remove(account, hash) => Line::Remove {
            node,
            account: account.to_string(),
            hash,
        },
        Change::Revoke(account, token, at) => Line::Revoke {
            node,
            account: account.to_string(),
            token: hex::encode(token),
            at,
        },
        Change::Unrevoke(account, token) => Line::Unrevoke {
            node,
            account: account.to_string(),
            token: hex::encode(token),
        },
        Change::Wipe => Line::Wipe { node },
    }
}

fn replay(path: &Path, cluster: &mut Cluster) -> Result<(), LocalnetError> {
    let mut lines = BufReader::new(File::open(path)?).split(b'\n').peekable();
    while let Some(text) = lines.next() {
        let text = text?;
        match serde_json::from_slice(&text) {
            Ok(line) => take(line, cluster).ok_or(LocalnetError::Damaged("journal"))?,
            Err(_) if lines.peek().is_none() => {}
            Err(_) => return Err(LocalnetError::Damaged("journal")),
        }
    }
    Ok(())
}

fn token(text: &str) -> Option<Token> {
    hex::decode(text).ok()?.try_into().ok()
}

/// `None` if the line makes no sense.
fn take(line: Line, cluster: &mut Cluster) -> Option<()> {
    let account = |text: &str| SwarmAccount::from_hex(text);
    let (node, change) = match line {
        Line::Put {
            node,
            account: text,
            namespace,
            hash,
            timestamp,
            expiry,
            data,
        } => {
            let row = Row {
                namespace: Namespace(namespace),
                hash,
                timestamp,
                expiry,
                data: STANDARD.decode(data).ok()?.into(),
            };
            (node, Change::Put(account(&text)?, row))
        }
        Line::Expiry {
            node,
            account: text,
            hash,
            expiry,
        } => (node, Change::Expiry(account(&text)?, hash, expiry)),
        Line::Remove {
            node,
            account: text,
            hash,
        } => (node, Change::Remove(account(&text)?, hash)),
        Line::Revoke {
            node,
            account: text,
            token: t,
            at,
        } => (node, Change::Revoke(account(&text)?, token(&t)?, at)),
        Line::Unrevoke {
            node,
            account: text,
            token: t,
        } => (node, Change::Unrevoke(account(&text)?, token(&t)?)),
        Line::Wipe { node } => (node, Change::Wipe),
        Line::Name { name, account } => {
            match account {
                Some(account) => {
                    let account = AccountId::from_hex(&account).ok()?;
                    cluster.names.register(&name, account);
                }
                None => cluster.names.remove(&name),
            }
            return Some(());
        }
        Line::Moved { account: text, swarm } => {
            cluster.moved.insert(account(&text)?, swarm);
            return Some(());
        }
    };
    cluster.members.get_mut(node)?.node.rows.apply(change);
    Some(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::core::identity::NodeSpec;

    const ACCOUNT: SwarmAccount = SwarmAccount::from_bytes([5; 33]);

    fn cluster() -> Cluster {
        let spec = |n| NodeSpec {
            seed: [n; 32],
            swarm: 1,
            ip: "127.0.0.1".to_owned(),
            port: 1,
            omq_port: 2,
        };
        Cluster::new(vec![spec(1), spec(2)], 0)
    }

    fn put(cluster: &mut Cluster, node: usize, hash: &str) {
        let row = Row {
            namespace: Namespace(-11),
            hash: hash.to_owned(),
            timestamp: 1,
            expiry: 2,
            data: vec![1, 2].into(),
        };
        cluster.members[node].node.rows.apply(Change::Put(ACCOUNT, row));
    }

    fn state(cluster: &Cluster) -> Vec<Vec<Change>> {
        let members = cluster.members.iter();
        members.map(|member| member.node.rows.export_all()).collect()
    }

    #[test]
    fn everything_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut first = cluster();
        let mut journal = Journal::open(&path, &mut first).unwrap();
        put(&mut first, 0, "b");
        put(&mut first, 0, "a");
        put(&mut first, 1, "c");
        let rows = &mut first.members[1].node.rows;
        rows.apply(Change::Revoke(ACCOUNT, [9; 36], 5));
        journal.record(&mut first);
        first.members[0]
            .node
            .rows
            .apply(Change::Remove(ACCOUNT, "b".into()));
        journal.record(&mut first);
        journal.name("zoe", Some(AccountId::from_x25519([1; 32])));
        journal.moved(ACCOUNT, 1);
        for _ in 0..2 {
            let mut again = cluster();
            Journal::open(&path, &mut again).unwrap();
            assert_eq!(state(&again), state(&first));
            assert_eq!(again.names.all().count(), 1);
            assert_eq!(again.moved.get(&ACCOUNT), Some(&1));
        }
    }

    #[test]
    fn a_last_line_that_is_cut_is_ignored_and_another_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut first = cluster();
        let mut journal = Journal::open(&path, &mut first).unwrap();
        put(&mut first, 0, "a");
        journal.record(&mut first);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, [whole.as_slice(), &whole[..20]].concat()).unwrap();
        let mut again = cluster();
        Journal::open(&path, &mut again).unwrap();
        assert_eq!(state(&again), state(&first));
        fs::write(&path, [&whole[..20], b"\n".as_slice(), &whole].concat()).unwrap();
        let refused = Journal::open(&path, &mut cluster());
        assert!(matches!(refused, Err(LocalnetError::Damaged(_))));
    }
}
