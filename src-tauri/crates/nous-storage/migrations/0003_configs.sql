-- What an account keeps the same on all its devices: one row a config.
CREATE TABLE configs (
    -- the namespace of its messages
    namespace          INTEGER PRIMARY KEY CHECK (namespace BETWEEN -32768 AND 32767),
    -- everything about it, in a form of its own
    dump               BLOB    NOT NULL,
    -- as in the dump, for questions and diagnostics
    seqno              INTEGER NOT NULL,
    -- 0 clean · 1 dirty · 2 pending
    state              INTEGER NOT NULL CHECK (state IN (0, 1, 2)),
    -- storage time of the newest message of another device that was merged; 0: none
    newest_ms          INTEGER NOT NULL DEFAULT 0,
    -- the last push that was confirmed; 0: none
    pushed_ms          INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Whether what other devices stored was asked for, so that nothing goes out before.
ALTER TABLE account ADD COLUMN is_config_fetched INTEGER NOT NULL DEFAULT 0
    CHECK (is_config_fetched IN (0, 1));

-- -1 hidden · 0 normal · more: pinned (is_pinned follows)
ALTER TABLE conversations ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
-- 0 as the app is set · 1 all · 2 none · 3 mentions
ALTER TABLE conversations ADD COLUMN notify_mode INTEGER NOT NULL DEFAULT 0
    CHECK (notify_mode BETWEEN 0 AND 3);
-- nothing disturbs until then, in seconds; 0: no mute
ALTER TABLE conversations ADD COLUMN mute_until_s INTEGER NOT NULL DEFAULT 0;
-- messages disappear: 0 never · 1 after they were sent · 2 after they were read
ALTER TABLE conversations ADD COLUMN timer_start INTEGER NOT NULL DEFAULT 0
    CHECK (timer_start BETWEEN 0 AND 2);
ALTER TABLE conversations ADD COLUMN timer_s INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN is_marked_unread INTEGER NOT NULL DEFAULT 0
    CHECK (is_marked_unread IN (0, 1));
-- the read position moved here and the other devices do not know
ALTER TABLE conversations ADD COLUMN is_read_unshared INTEGER NOT NULL DEFAULT 0
    CHECK (is_read_unshared IN (0, 1));

CREATE INDEX conversations_unshared ON conversations (id) WHERE is_read_unshared = 1;

UPDATE conversations SET priority = is_pinned, is_read_unshared = iif(last_read_ms > 0, 1, 0);
