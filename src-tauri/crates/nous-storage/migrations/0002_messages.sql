-- The one account of this profile.
CREATE TABLE account (
    id                 INTEGER PRIMARY KEY CHECK (id = 1),
    seed               BLOB    NOT NULL CHECK (length(seed) = 16),
    account_id         BLOB    NOT NULL CHECK (length(account_id) = 33),
    display_name       TEXT    NOT NULL DEFAULT '',
    -- lastProfileUpdateSeconds of our own profile
    profile_updated_s  INTEGER NOT NULL DEFAULT 0,
    created_ms         INTEGER NOT NULL,
    -- the newest sent time given away: no two of our messages share one
    last_sent_ms       INTEGER NOT NULL DEFAULT 0,
    is_restored        INTEGER NOT NULL DEFAULT 0 CHECK (is_restored IN (0, 1)),
    -- the first complete poll after restoring is done
    is_restore_done    INTEGER NOT NULL DEFAULT 1 CHECK (is_restore_done IN (0, 1)),
    is_phrase_seen     INTEGER NOT NULL DEFAULT 0 CHECK (is_phrase_seen IN (0, 1)),
    is_protection_asked INTEGER NOT NULL DEFAULT 0 CHECK (is_protection_asked IN (0, 1)),
    -- the last poll that a node answered; 0: never
    last_sync_ms       INTEGER NOT NULL DEFAULT 0
) STRICT;

-- People we talk to, and Note to Self.
CREATE TABLE conversations (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    -- prefix and key
    account_id         BLOB    NOT NULL UNIQUE CHECK (length(account_id) = 33),
    -- from their profile, cleaned; empty: unknown
    name               TEXT    NOT NULL DEFAULT '',
    -- given here; goes before the name
    nickname           TEXT    NOT NULL DEFAULT '',
    -- nickname or name in lower case, for the filter
    name_folded        TEXT    NOT NULL DEFAULT '',
    -- lastProfileUpdateSeconds of the profile that was applied
    profile_updated_s  INTEGER NOT NULL DEFAULT 0,
    picture_url        TEXT    NOT NULL DEFAULT '',
    picture_key        BLOB    CHECK (picture_key IS NULL OR length(picture_key) = 32),
    -- we accepted them / they accepted us
    is_approved        INTEGER NOT NULL DEFAULT 0 CHECK (is_approved IN (0, 1)),
    has_approved_me    INTEGER NOT NULL DEFAULT 0 CHECK (has_approved_me IN (0, 1)),
    is_blocked         INTEGER NOT NULL DEFAULT 0 CHECK (is_blocked IN (0, 1)),
    is_pinned          INTEGER NOT NULL DEFAULT 0 CHECK (is_pinned IN (0, 1)),
    -- stands in the list: it had a message, and was not deleted since
    is_listed          INTEGER NOT NULL DEFAULT 0 CHECK (is_listed IN (0, 1)),
    created_ms         INTEGER NOT NULL,
    last_activity_ms   INTEGER NOT NULL DEFAULT 0,
    -- the newest message in the order of the timeline; kept up to date with it
    last_message       INTEGER REFERENCES messages (id) ON DELETE SET NULL,
    unread_count       INTEGER NOT NULL DEFAULT 0,
    -- everything sent up to here was read on this device
    last_read_ms       INTEGER NOT NULL DEFAULT 0,
    draft              TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX conversations_list
    ON conversations (is_pinned, last_activity_ms, id) WHERE is_listed = 1;
CREATE INDEX conversations_last_message ON conversations (last_message);

-- One row a message, ours and theirs.
CREATE TABLE messages (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation       INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    author             BLOB    NOT NULL CHECK (length(author) = 33),
    is_own             INTEGER NOT NULL CHECK (is_own IN (0, 1)),
    -- it came from a swarm (not written on this device)
    is_received        INTEGER NOT NULL CHECK (is_received IN (0, 1)),
    -- 0 text · 1 deleted on this device · 2 of a kind that this version does not show
    kind               INTEGER NOT NULL DEFAULT 0,
    body               TEXT    NOT NULL DEFAULT '',
    -- kind 2: how many contents are folded into this row
    folded_count       INTEGER NOT NULL DEFAULT 0,
    -- network time, its name on the network
    sent_ms            INTEGER NOT NULL,
    -- min(sent, received): its place in the timeline
    order_ms           INTEGER NOT NULL,
    received_ms        INTEGER NOT NULL,
    -- 0 not ours · 1 queued · 2 sending · 3 sent · 4 not synced · 5 read · 6 failed
    state              INTEGER NOT NULL DEFAULT 0,
    -- failed: why, as the code of the face
    error              TEXT    NOT NULL DEFAULT '',
    -- tries to store the recipient's copy, since the message was written
    attempts           INTEGER NOT NULL DEFAULT 0,
    is_unread          INTEGER NOT NULL DEFAULT 0 CHECK (is_unread IN (0, 1)),
    -- when the recipient read it
    read_ms            INTEGER,
    -- when the recipient's swarm stored it
    stored_ms          INTEGER,
    -- its hash in our own swarm, and when the swarm forgets it
    server_hash        TEXT    NOT NULL DEFAULT '',
    expires_ms         INTEGER,
    -- made by the face; the same token writes once
    client_token       TEXT    UNIQUE,
    -- the opened content as received; never encoded again
    content            BLOB
) STRICT;

CREATE INDEX messages_timeline ON messages (conversation, order_ms, received_ms, id);
CREATE INDEX messages_identity ON messages (author, sent_ms);
CREATE INDEX messages_unread ON messages (conversation, order_ms, received_ms, id) WHERE is_unread = 1;
CREATE INDEX messages_failed ON messages (id) WHERE state = 6;
CREATE INDEX messages_sending ON messages (id) WHERE state = 2;
CREATE INDEX messages_arrival ON messages (id) WHERE is_received = 1;

-- What has to go out. A row leaves only when it was stored, or with its message.
CREATE TABLE outbox (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    -- NULL: a content that no row of the timeline stands for
    message            INTEGER REFERENCES messages (id) ON DELETE CASCADE,
    conversation       INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    -- 0 the recipient's copy · 1 the copy for our own devices · 2 Note to Self
    -- 3 a content without a message
    kind               INTEGER NOT NULL,
    -- 0 messages · 1 config · 2 receipts
    priority           INTEGER NOT NULL DEFAULT 0,
    -- whose swarm: prefix and key
    destination        BLOB    NOT NULL CHECK (length(destination) = 33),
    -- must be stored first
    after_row          INTEGER REFERENCES outbox (id) ON DELETE SET NULL,
    -- kind 3: the content to seal, without padding
    content            BLOB,
    -- the sealed bytes; sealed once, every attempt stores the same
    sealed             BLOB,
    -- the name given in the content; 0: fixed at sealing, no node's time was known
    sent_ms            INTEGER NOT NULL,
    -- what this machine's clock said when it was written; the sent time is fixed from it
    written_local_ms   INTEGER NOT NULL DEFAULT 0,
    ttl_ms             INTEGER NOT NULL,
    queued_ms          INTEGER NOT NULL,
    -- the end of trying
    give_up_ms         INTEGER NOT NULL,
    attempts           INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms    INTEGER NOT NULL DEFAULT 0,
    -- an attempt left this machine unanswered: a node may have stored it
    may_be_stored      INTEGER NOT NULL DEFAULT 0 CHECK (may_be_stored IN (0, 1)),
    -- the last failure as the code of the face
    error              TEXT    NOT NULL DEFAULT '',
    -- stopped: waits for the person
    is_stopped         INTEGER NOT NULL DEFAULT 0 CHECK (is_stopped IN (0, 1)),
    CHECK ((kind = 3) = (message IS NULL) AND (kind = 3) = (content IS NOT NULL))
) STRICT;

CREATE INDEX outbox_waiting ON outbox (conversation, kind, id) WHERE is_stopped = 0;
CREATE INDEX outbox_message ON outbox (message);
CREATE INDEX outbox_after ON outbox (after_row);

-- Contents that opened but cannot be used yet.
CREATE TABLE parked (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    hash               TEXT    NOT NULL UNIQUE,
    sender             BLOB    NOT NULL CHECK (length(sender) = 33),
    namespace          INTEGER NOT NULL,
    -- the envelope's time
    envelope_ms        INTEGER NOT NULL,
    received_ms        INTEGER NOT NULL,
    -- when the swarm forgets it
    expires_ms         INTEGER NOT NULL,
    -- why, in a word
    reason             TEXT    NOT NULL,
    -- the opened content, without padding
    content            BLOB    NOT NULL,
    -- the folded row that stands for it, if any
    message            INTEGER REFERENCES messages (id) ON DELETE SET NULL
) STRICT;

CREATE INDEX parked_received ON parked (received_ms);
CREATE INDEX parked_message ON parked (message);

-- What was dropped in silence, by reason.
CREATE TABLE drop_counts (
    reason             TEXT    PRIMARY KEY,
    count              INTEGER NOT NULL
) STRICT;
