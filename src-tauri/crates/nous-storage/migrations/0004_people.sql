-- People: requests, contacts, pictures, directory.

-- Directory: account IDs that people publish, with names. It stays on this device: no config
-- and no message is ever made of it.
CREATE TABLE directory (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    -- prefix and key
    account_id         BLOB    NOT NULL UNIQUE CHECK (length(account_id) = 33),
    -- cleaned; empty: none was given
    name               TEXT    NOT NULL DEFAULT '',
    note               TEXT    NOT NULL DEFAULT '',
    -- the name without case and accents; entries without a name come last
    sort_key           TEXT    NOT NULL,
    -- the words of name and note, and the ID, each after a space, without case and accents
    search             TEXT    NOT NULL,
    added_ms           INTEGER NOT NULL
) STRICT;

CREATE INDEX directory_list ON directory (sort_key, account_id);

-- Message requests: who wrote and was not accepted stands in a list of their own.
DROP INDEX conversations_list;
-- A higher pin stands above a lower one; who is hidden is not below the others.
ALTER TABLE conversations DROP COLUMN is_pinned;
ALTER TABLE conversations ADD COLUMN pin_rank INTEGER AS (max(priority, 0)) VIRTUAL;
CREATE INDEX conversations_list
    ON conversations (pin_rank, last_activity_ms, account_id) WHERE is_listed = 1 AND is_approved = 1;
CREATE INDEX conversations_requests
    ON conversations (last_activity_ms, id) WHERE is_listed = 1 AND is_approved = 0 AND is_blocked = 0;
-- Contacts of the same name are told apart.
CREATE INDEX conversations_names ON conversations (name_folded) WHERE is_approved = 1 AND name_folded <> '';
-- Note to Self is no request.
UPDATE conversations SET is_approved = 1 WHERE account_id IN (SELECT account_id FROM account);

-- Read receipts: those that wait do not hold other contents without a message.
DROP INDEX outbox_waiting;
CREATE INDEX outbox_waiting ON outbox (conversation, kind, priority, id) WHERE is_stopped = 0;

-- Receipts for messages that are not here yet: another device of ours may have sent them.
CREATE TABLE pending_receipts (
    conversation       INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    -- the sent time of the message that was read
    sent_ms            INTEGER NOT NULL,
    -- when it was read, as the receipt says
    read_ms            INTEGER NOT NULL,
    received_ms        INTEGER NOT NULL,
    PRIMARY KEY (conversation, sent_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX pending_receipts_by_time ON pending_receipts (received_ms);
-- Groups and communities of the account, as all its devices share them; not opened here.
CREATE TABLE kept_groups (
    -- 0 group · 1 room of a community · 2 group of the old kind
    kind               INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
    -- the group's ID in hexadecimal digits; the room's base URL, a slash, its token
    id                 TEXT    NOT NULL CHECK (length(id) BETWEEN 1 AND 400),
    -- as shown; empty: unknown
    name               TEXT    NOT NULL DEFAULT '',
    -- -1 hidden · 0 normal · more: pinned
    priority           INTEGER NOT NULL DEFAULT 0,
    -- in seconds; 0: nobody knows
    joined_s           INTEGER NOT NULL DEFAULT 0,
    -- 0 as the app is set · 1 all · 2 none · 3 mentions
    notify_mode        INTEGER NOT NULL DEFAULT 0 CHECK (notify_mode BETWEEN 0 AND 3),
    -- nothing disturbs until then, in seconds; 0: no mute
    mute_until_s       INTEGER NOT NULL DEFAULT 0,
    -- 0 we are in it · 1 invited · 2 removed · 3 it is gone for everybody
    standing           INTEGER NOT NULL DEFAULT 0 CHECK (standing BETWEEN 0 AND 3),
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Contacts: the place in the timeline up to which messages were cleared, and when that was.
ALTER TABLE conversations ADD COLUMN cleared_up_to_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN cleared_at_ms INTEGER NOT NULL DEFAULT 0;

CREATE INDEX conversations_contacts ON conversations ((name_folded = ''), name_folded, id)
    WHERE is_approved = 1 AND has_approved_me = 1 AND is_blocked = 0;
CREATE INDEX conversations_blocked ON conversations ((name_folded = ''), name_folded, id)
    WHERE is_blocked = 1;

-- Accents do not count any more, and nobody is found by a name that is not shown.
UPDATE conversations SET name_folded = fold(CASE WHEN nickname <> '' THEN nickname
    WHEN is_approved = 1 AND has_approved_me = 1 THEN name ELSE '' END);
-- Pictures of profiles. The one of our own profile, as the devices share it.
ALTER TABLE account ADD COLUMN picture_url TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN picture_key BLOB CHECK (picture_key IS NULL OR length(picture_key) = 32);

-- The pictures that are here, ours and those of people: two files each in attachments/.
CREATE TABLE pictures (
    account_id         BLOB    NOT NULL PRIMARY KEY CHECK (length(account_id) = 33),
    -- as the profile named it; empty for ours before it is uploaded
    url                TEXT    NOT NULL,
    picture_key        BLOB    NOT NULL CHECK (length(picture_key) = 32),
    -- names in attachments/ and what they are sealed with; the small one's name is how
    -- screens call the picture
    small_name         TEXT    NOT NULL UNIQUE CHECK (length(small_name) = 32),
    small_key          BLOB    NOT NULL CHECK (length(small_key) = 32),
    large_name         TEXT    NOT NULL UNIQUE CHECK (length(large_name) = 32),
    large_key          BLOB    NOT NULL CHECK (length(large_key) = 32)
) STRICT, WITHOUT ROWID;

-- Tries to fetch a picture; the row goes with the picture that it is about.
CREATE TABLE picture_fetches (
    account_id         BLOB    NOT NULL PRIMARY KEY CHECK (length(account_id) = 33),
    url                TEXT    NOT NULL,
    picture_key        BLOB    NOT NULL CHECK (length(picture_key) = 32),
    -- lastProfileUpdateSeconds of that profile
    updated_s          INTEGER NOT NULL,
    attempts           INTEGER NOT NULL,
    next_attempt_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Our own picture as the file server has it, or is to have it.
CREATE TABLE own_picture (
    id                 INTEGER PRIMARY KEY CHECK (id = 1),
    -- in attachments/: encrypted with the key of the profile, as it is uploaded
    blob_name          TEXT    NOT NULL CHECK (length(blob_name) = 32),
    picture_key        BLOB    NOT NULL CHECK (length(picture_key) = 32),
    -- the newer form, which the link names
    is_stream          INTEGER NOT NULL CHECK (is_stream IN (0, 1)),
    -- empty: never uploaded, no device and no contact knows of it
    url                TEXT    NOT NULL DEFAULT '',
    -- when the person chose it
    chosen_ms          INTEGER NOT NULL,
    is_upload_due      INTEGER NOT NULL CHECK (is_upload_due IN (0, 1)),
    uploaded_ms        INTEGER NOT NULL DEFAULT 0,
    -- when its life was last extended
    renewed_ms         INTEGER NOT NULL DEFAULT 0,
    -- 0: the server has not said
    expires_ms         INTEGER NOT NULL DEFAULT 0,
    attempts           INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms    INTEGER NOT NULL DEFAULT 0,
    -- the last failure as the code of the face
    error              TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX conversations_pictured ON conversations (id) WHERE picture_url <> '';

-- Configs that hold more than the network takes: changes stay on this device.
ALTER TABLE configs ADD COLUMN is_too_large INTEGER NOT NULL DEFAULT 0 CHECK (is_too_large IN (0, 1));
