-- Groups whose swarm is followed: those that were joined. What the account knows of groups,
-- invitations too, is in its config.
CREATE TABLE groups (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    -- prefix and key
    group_id           BLOB    NOT NULL UNIQUE CHECK (length(group_id) = 33),
    -- everything about keys, information and members, each in a form of its own
    keys_dump          BLOB    NOT NULL,
    info_dump          BLOB    NOT NULL,
    members_dump       BLOB    NOT NULL,
    -- it was read as an admin: what a member could not open was opened
    is_admin           INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
    -- something is not stored in the swarm
    is_push_due        INTEGER NOT NULL DEFAULT 0 CHECK (is_push_due IN (0, 1)),
    -- when the swarm stored the newest key; 0: no key is here
    newest_key_ms      INTEGER NOT NULL DEFAULT 0,
    -- the last poll that a node answered; 0: none
    last_poll_ms       INTEGER NOT NULL DEFAULT 0,
    -- when the lives of keys, information and members were last extended; 0: never
    extended_ms        INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What is shown of a group, whether its swarm is followed or not.
CREATE TABLE group_details (
    conversation       INTEGER PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
    -- 0 we are in it · 1 invited · 2 removed · 3 it is gone for everybody · 4 its keys are gone
    standing           INTEGER NOT NULL DEFAULT 0 CHECK (standing BETWEEN 0 AND 4),
    is_admin           INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
    description        TEXT    NOT NULL DEFAULT '',
    -- how long messages live; 0: for good
    timer_s            INTEGER NOT NULL DEFAULT 0,
    members_may_add    INTEGER NOT NULL DEFAULT 0 CHECK (members_may_add IN (0, 1)),
    all_are_admins     INTEGER NOT NULL DEFAULT 0 CHECK (all_are_admins IN (0, 1)),
    -- who invited us, prefix and key
    inviter            BLOB    CHECK (inviter IS NULL OR length(inviter) = 33),
    -- what the admins deleted for all: everything, attachments, of before that moment
    delete_before_s    INTEGER NOT NULL DEFAULT 0,
    delete_attachments_before_s INTEGER NOT NULL DEFAULT 0,
    -- the last poll that brought its state
    heard_ms           INTEGER NOT NULL DEFAULT 0,
    -- 0 none · 1 other nodes are asked for the keys · 2 admins were asked · 3 nobody has them
    trouble            INTEGER NOT NULL DEFAULT 0 CHECK (trouble BETWEEN 0 AND 3),
    -- when that began
    trouble_ms         INTEGER NOT NULL DEFAULT 0,
    -- since when all nodes refuse us; 0: they do not
    refused_ms         INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Who is in a group, as its list of members says; and (proposed) whom we asked admins to add.
CREATE TABLE group_members (
    conversation       INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    -- prefix and key
    account_id         BLOB    NOT NULL CHECK (length(account_id) = 33),
    -- as they call themselves there; cleaned
    name               TEXT    NOT NULL DEFAULT '',
    is_admin           INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
    -- of the invitation or promotion: 0 accepted · 1 sent · 2 failed · 3 not sent
    invitation         INTEGER NOT NULL DEFAULT 0 CHECK (invitation BETWEEN 0 AND 3),
    promotion          INTEGER NOT NULL DEFAULT 0 CHECK (promotion BETWEEN 0 AND 3),
    is_removed         INTEGER NOT NULL DEFAULT 0 CHECK (is_removed IN (0, 1)),
    is_proposed        INTEGER NOT NULL DEFAULT 0 CHECK (is_proposed IN (0, 1)),
    -- when we asked for them last; 0: never
    proposed_ms        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (conversation, account_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX group_members_by_id ON group_members (account_id);

-- What has to be done for a group. A row leaves only when it is done, or with its group.
CREATE TABLE group_tasks (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    -- prefix and key
    group_id           BLOB    NOT NULL CHECK (length(group_id) = 33),
    kind               INTEGER NOT NULL,
    -- about whom, prefix and key
    member             BLOB    CHECK (member IS NULL OR length(member) = 33),
    -- in a form of its kind
    data               BLOB    NOT NULL,
    -- of a content to store: its sent time and its life
    sent_ms            INTEGER NOT NULL DEFAULT 0,
    ttl_ms             INTEGER NOT NULL DEFAULT 0,
    attempts           INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms    INTEGER NOT NULL DEFAULT 0,
    created_ms         INTEGER NOT NULL
) STRICT;

CREATE INDEX group_tasks_by_group ON group_tasks (group_id, kind, id);

-- What was done because members asked for it, within a day: so much is done for each, and no more.
CREATE TABLE group_wishes (
    group_id           BLOB    NOT NULL CHECK (length(group_id) = 33),
    -- who asked, prefix and key
    member             BLOB    NOT NULL CHECK (length(member) = 33),
    -- as the kinds of tasks
    kind               INTEGER NOT NULL,
    done_ms            INTEGER NOT NULL
) STRICT;

CREATE INDEX group_wishes_by_group ON group_wishes (group_id, kind, member);

-- Messages of groups that cannot be used yet, as they were stored.
CREATE TABLE group_parked (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id           BLOB    NOT NULL CHECK (length(group_id) = 33),
    hash               TEXT    NOT NULL,
    data               BLOB    NOT NULL,
    stored_ms          INTEGER NOT NULL,
    expires_ms         INTEGER NOT NULL,
    -- 0 no key opens it · 1 the sender is not known yet · 2 of a kind for a later version, or of
    -- somebody who is blocked
    reason             INTEGER NOT NULL CHECK (reason BETWEEN 0 AND 2),
    UNIQUE (group_id, hash)
) STRICT;

-- Messages of groups: what happened there (JSON; empty: a text), and whether it is about us.
ALTER TABLE messages ADD COLUMN event TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN mentions_us INTEGER NOT NULL DEFAULT 0 CHECK (mentions_us IN (0, 1));
ALTER TABLE conversations ADD COLUMN unread_mentions INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_by_hash ON messages (conversation, server_hash) WHERE server_hash <> '';
-- With which key of the group a message was sealed: another key needs it sealed again.
ALTER TABLE outbox ADD COLUMN sealed_with BLOB CHECK (sealed_with IS NULL OR length(sealed_with) = 8);

-- Messages of ours in groups that were deleted while they were on their way: if one of them is in
-- the swarm after all, it is deleted there.
CREATE TABLE group_unsaid (
    group_id           BLOB    NOT NULL CHECK (length(group_id) = 33),
    sent_ms            INTEGER NOT NULL,
    PRIMARY KEY (group_id, sent_ms)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER group_message_called_back AFTER DELETE ON outbox
WHEN old.kind = 4 AND old.attempts > 0 AND old.sent_ms > 0
     AND NOT EXISTS (SELECT 1 FROM messages WHERE id = old.message AND kind = 0)
BEGIN
    INSERT OR IGNORE INTO group_unsaid (group_id, sent_ms)
    SELECT account_id, old.sent_ms FROM conversations WHERE id = old.conversation;
END;

-- What was deleted for all before it could be read here.
CREATE TABLE group_erased (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id           BLOB    NOT NULL CHECK (length(group_id) = 33),
    -- one message, by its hash on the server; empty: all of the author
    hash               TEXT    NOT NULL DEFAULT '',
    -- whose, prefix and key; NULL: an admin said so, whoever wrote it
    author             BLOB    CHECK (author IS NULL OR length(author) = 33),
    -- only what was written before
    before_ms          INTEGER NOT NULL,
    noted_ms           INTEGER NOT NULL
) STRICT;

CREATE INDEX group_erased_by_group ON group_erased (group_id, noted_ms);

-- Members whom this admin shuts out of the swarm, noted before it is done: who is in the list again,
-- as another admin says, is let in.
CREATE TABLE group_shut_out (
    group_id           BLOB    NOT NULL CHECK (length(group_id) = 33),
    -- prefix and key
    member             BLOB    NOT NULL CHECK (length(member) = 33),
    noted_ms           INTEGER NOT NULL,
    -- the newest key of which they were told; NULL: they have no later one
    generation         INTEGER,
    PRIMARY KEY (group_id, member)
) STRICT, WITHOUT ROWID;
