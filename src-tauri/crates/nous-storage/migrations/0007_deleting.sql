-- Deleting for everyone, and on all devices of the account.

-- What a person wants deleted further than on this device. Nothing is changed before our own
-- swarm has deleted its copy; then the row leaves with the requests to the others.
CREATE TABLE deletions (
    message            INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    -- 0 for everyone · 1 on all devices of the account
    extent             INTEGER NOT NULL CHECK (extent IN (0, 1)),
    asked_ms           INTEGER NOT NULL,
    attempts           INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms    INTEGER NOT NULL
) STRICT;

-- Messages in the box of our own swarm that are to go from there.
CREATE TABLE swarm_deletions (
    -- as the node wrote it
    hash               TEXT    NOT NULL PRIMARY KEY CHECK (length(hash) BETWEEN 1 AND 256),
    -- when no node has it any more
    expires_ms         INTEGER NOT NULL,
    attempts           INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Messages between two people, and notes, that were unsent, perhaps before they came: they are not shown.
CREATE TABLE unsent (
    -- prefix and key
    author             BLOB    NOT NULL CHECK (length(author) = 33),
    -- the message's own time
    sent_ms            INTEGER NOT NULL,
    noted_ms           INTEGER NOT NULL,
    PRIMARY KEY (author, sent_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX unsent_by_time ON unsent (noted_ms);
