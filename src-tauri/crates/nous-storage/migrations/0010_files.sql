-- Files of messages: on the server, on their way, here.

-- Files from there are fetched without a click. It stays on this device.
ALTER TABLE conversations ADD COLUMN auto_download INTEGER NOT NULL DEFAULT 0 CHECK (auto_download IN (0, 1));

CREATE TABLE attachments (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    message            INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    -- among the files of the message, from 0; 32: the picture of its preview
    place              INTEGER NOT NULL CHECK (place BETWEEN 0 AND 32),
    -- 0 queued · 1 uploading · 2 uploaded · 3 on the server only · 4 downloading · 5 here
    -- 6 failed · 7 the server has it no more
    state              INTEGER NOT NULL CHECK (state BETWEEN 0 AND 7),
    -- why it failed, or waits, as the code of the face
    error              TEXT    NOT NULL DEFAULT '',
    -- where the server has it; empty: not uploaded yet
    url                TEXT    NOT NULL DEFAULT '',
    -- what opens it: 64 bytes, with a digest, or in the newer form 32
    file_key           BLOB    CHECK (file_key IS NULL OR length(file_key) IN (32, 64)),
    digest             BLOB    CHECK (digest IS NULL OR length(digest) = 32),
    -- ours: when the server forgets it; 0: not known
    expires_ms         INTEGER NOT NULL DEFAULT 0,
    -- cleaned; empty: none
    name               TEXT    NOT NULL DEFAULT '',
    -- as its sender says; once it is here, as its first bytes say
    content_type       TEXT    NOT NULL DEFAULT '',
    -- 0 picture · 1 video · 2 audio · 3 voice message · 4 anything else
    kind               INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 4),
    -- without padding; NULL: nobody says
    size_bytes         INTEGER,
    width              INTEGER,
    height             INTEGER,
    duration_ms        INTEGER,
    -- how loud it is over its length, a byte a step
    waveform           BLOB    NOT NULL DEFAULT x'',
    is_animated        INTEGER NOT NULL DEFAULT 0 CHECK (is_animated IN (0, 1)),
    -- opening it would run it
    is_program         INTEGER NOT NULL DEFAULT 0 CHECK (is_program IN (0, 1)),
    caption            TEXT    NOT NULL DEFAULT '',
    -- names in attachments/ and what they are sealed with: the file as it is
    local_name         TEXT    UNIQUE CHECK (local_name IS NULL OR length(local_name) = 32),
    local_key          BLOB    CHECK (local_key IS NULL OR length(local_key) = 32),
    -- a small picture of it; its name is how screens call it
    thumbnail_name     TEXT    UNIQUE CHECK (thumbnail_name IS NULL OR length(thumbnail_name) = 32),
    thumbnail_key      BLOB    CHECK (thumbnail_key IS NULL OR length(thumbnail_key) = 32),
    -- ours: encrypted as it is uploaded, kept until the message is everywhere
    blob_name          TEXT    UNIQUE CHECK (blob_name IS NULL OR length(blob_name) = 32),
    -- of others: its sender is told that it was saved
    is_save_told       INTEGER NOT NULL DEFAULT 0 CHECK (is_save_told IN (0, 1)),
    UNIQUE (message, place),
    CHECK ((local_name IS NULL) = (local_key IS NULL) AND (thumbnail_name IS NULL) = (thumbnail_key IS NULL))
) STRICT;

CREATE INDEX attachments_blobs ON attachments (message) WHERE blob_name IS NOT NULL;
CREATE INDEX messages_with_media ON messages (conversation, order_ms, received_ms, id) WHERE media <> 0;
CREATE INDEX messages_with_links ON messages (conversation, order_ms, received_ms, id)
    WHERE kind = 0 AND (instr(lower(body), 'https://') > 0 OR instr(lower(body), 'http://') > 0);

-- Files on their way, or waiting for it. A row leaves only when it is done, or given up, or with its file.
CREATE TABLE transfers (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    attachment         INTEGER NOT NULL UNIQUE REFERENCES attachments (id) ON DELETE CASCADE,
    is_upload          INTEGER NOT NULL CHECK (is_upload IN (0, 1)),
    -- a download that nobody clicked for
    is_automatic       INTEGER NOT NULL DEFAULT 0 CHECK (is_automatic IN (0, 1)),
    attempts           INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX transfers_turn ON transfers (is_upload, is_automatic, id);

-- Bytes that were downloaded without a click, by day.
CREATE TABLE automatic_downloads (
    -- days since 1970, in network time
    day                INTEGER PRIMARY KEY,
    bytes              INTEGER NOT NULL
) STRICT;

-- Files that were chosen and are not sent yet.
CREATE TABLE staged_files (
    -- made by chance, 32 hexadecimal digits
    id                 TEXT    NOT NULL PRIMARY KEY CHECK (length(id) = 32),
    -- in whose draft; NULL: in none
    conversation       INTEGER REFERENCES conversations (id) ON DELETE CASCADE,
    added_ms           INTEGER NOT NULL,
    -- as in attachments
    name               TEXT    NOT NULL,
    content_type       TEXT    NOT NULL,
    kind               INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 4),
    size_bytes         INTEGER NOT NULL,
    width              INTEGER,
    height             INTEGER,
    duration_ms        INTEGER,
    waveform           BLOB    NOT NULL DEFAULT x'',
    is_animated        INTEGER NOT NULL DEFAULT 0 CHECK (is_animated IN (0, 1)),
    is_program         INTEGER NOT NULL DEFAULT 0 CHECK (is_program IN (0, 1)),
    caption            TEXT    NOT NULL DEFAULT '',
    -- NULL once a message has it
    local_name         TEXT    UNIQUE CHECK (local_name IS NULL OR length(local_name) = 32),
    local_key          BLOB    NOT NULL CHECK (length(local_key) = 32),
    thumbnail_name     TEXT    UNIQUE CHECK (thumbnail_name IS NULL OR length(thumbnail_name) = 32),
    thumbnail_key      BLOB    CHECK (thumbnail_key IS NULL OR length(thumbnail_key) = 32)
) STRICT, WITHOUT ROWID;

CREATE INDEX staged_files_of_draft ON staged_files (conversation, added_ms);

-- Names in attachments/ whose rows are gone: the files have to follow.
CREATE TABLE gone_files (
    name               TEXT    NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TRIGGER attachment_gone AFTER DELETE ON attachments
BEGIN
    INSERT OR IGNORE INTO gone_files (name) SELECT old.local_name WHERE old.local_name IS NOT NULL;
    INSERT OR IGNORE INTO gone_files (name) SELECT old.thumbnail_name WHERE old.thumbnail_name IS NOT NULL;
    INSERT OR IGNORE INTO gone_files (name) SELECT old.blob_name WHERE old.blob_name IS NOT NULL;
END;

CREATE TRIGGER staged_file_gone AFTER DELETE ON staged_files
BEGIN
    INSERT OR IGNORE INTO gone_files (name) SELECT old.local_name WHERE old.local_name IS NOT NULL;
    INSERT OR IGNORE INTO gone_files (name) SELECT old.thumbnail_name WHERE old.thumbnail_name IS NOT NULL;
END;

-- A message that says nothing any more has no files.
CREATE TRIGGER message_without_files AFTER UPDATE OF kind ON messages
WHEN new.kind <> old.kind AND new.kind NOT IN (0, 2)
BEGIN
    DELETE FROM attachments WHERE message = new.id;
END;

-- Messages wait in the outbox until their files are uploaded.
-- 0 nothing is to be uploaded · 1 it is · 2 an upload is in trouble: later messages do not wait for it
ALTER TABLE outbox ADD COLUMN uploads INTEGER NOT NULL DEFAULT 0 CHECK (uploads BETWEEN 0 AND 2);

DROP INDEX outbox_waiting;
CREATE INDEX outbox_waiting ON outbox (conversation, kind, priority, id, uploads) WHERE is_stopped = 0;
