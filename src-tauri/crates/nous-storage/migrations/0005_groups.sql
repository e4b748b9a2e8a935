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
    -- the last poll that a node answered; 0: none
    last_poll_ms       INTEGER NOT NULL DEFAULT 0,
    -- when the lives of keys, information and members were last extended; 0: never
    extended_ms        INTEGER NOT NULL DEFAULT 0
) STRICT;
