CREATE TABLE settings (
    -- Local settings of this device.
    key TEXT NOT NULL PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 100),
    -- JSON.
    value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

CREATE TABLE network_state (
    -- What the network client learnt: nodes, guards, clock offset. A cache.
    -- SHA-256 over the network's seeds and file server, in hexadecimal digits.
    network TEXT NOT NULL PRIMARY KEY CHECK (length(network) BETWEEN 1 AND 128),
    -- Its form is the network client's own.
    state BLOB NOT NULL,
    saved_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE cursors (
    -- How far each box was read, per node: nodes of a swarm differ in their order.
    -- Prefix and key.
    account BLOB NOT NULL CHECK (length(account) = 33),
    -- The node's Ed25519 key.
    node BLOB NOT NULL CHECK (length(node) = 32),
    namespace INTEGER NOT NULL CHECK (namespace BETWEEN -32768 AND 32767),
    -- As the node wrote it; nodes compare texts.
    last_hash TEXT NOT NULL CHECK (length(last_hash) BETWEEN 1 AND 256),
    -- When the node forgets that message: a cursor without it starts from the beginning.
    expires_ms INTEGER NOT NULL,
    PRIMARY KEY (account, node, namespace)
) STRICT, WITHOUT ROWID;

CREATE INDEX cursors_by_expiry ON cursors (expires_ms);

CREATE TABLE seen_hashes (
    -- Messages of the swarm that were dealt with, so that they are dealt with once.
    account BLOB NOT NULL CHECK (length(account) = 33),
    namespace INTEGER NOT NULL CHECK (namespace BETWEEN -32768 AND 32767),
    -- As the node wrote it.
    hash TEXT NOT NULL CHECK (length(hash) BETWEEN 1 AND 256),
    -- When no node can bring it again.
    expires_ms INTEGER NOT NULL,
    PRIMARY KEY (account, namespace, hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX seen_hashes_by_expiry ON seen_hashes (expires_ms);

CREATE TABLE erased (
    -- Deleted messages, noted for 30 days: a restored backup must not bring them back.
    -- The conversation's address: prefix and key, or a community's room.
    conversation BLOB NOT NULL CHECK (length(conversation) BETWEEN 1 AND 1024),
    -- The author's address: prefix and key.
    author BLOB NOT NULL CHECK (length(author) = 33),
    -- The message's own time.
    sent_ms INTEGER NOT NULL,
    erased_ms INTEGER NOT NULL,
    PRIMARY KEY (conversation, author, sent_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX erased_by_time ON erased (erased_ms);
CREATE INDEX erased_by_name ON erased (author, sent_ms);
