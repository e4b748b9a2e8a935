-- Search: the beginnings of the words of messages.

-- What a message brings beside its text, in bits: 1 files (sound and video too), 2 pictures.
ALTER TABLE messages ADD COLUMN media INTEGER NOT NULL DEFAULT 0;

-- For each message the words of its text, folded, and marks that narrow a search, as search_words()
-- makes them: it alone decides what a word is. No text is kept here, and no place in it.
CREATE VIRTUAL TABLE message_words USING fts5 (
    words, content = '', columnsize = 0, detail = none, prefix = '2', tokenize = "ascii tokenchars '~'"
);
-- What leaves the index leaves its pages.
INSERT INTO message_words (message_words, rank) VALUES ('secure-delete', 1);
-- A merge that has begun comes to its end, whatever is written meanwhile.
INSERT INTO message_words (message_words, rank) VALUES ('usermerge', 2);

-- How far the index is.
CREATE TABLE search_state (
    id                 INTEGER PRIMARY KEY CHECK (id = 1),
    -- messages from this number on are in the index, older ones wait to be taken in; 0: all are in it
    indexed_from       INTEGER NOT NULL,
    -- how search_words() made the words; another way makes them anew; empty: any
    form               TEXT    NOT NULL DEFAULT '',
    -- 0 nothing to do · 1 many messages left and their words have to leave the pages · 2 that goes on
    tidying            INTEGER NOT NULL DEFAULT 0 CHECK (tidying BETWEEN 0 AND 2),
    -- what stays of erased messages: 0 was looked for · 1 has to be looked for · else the number of the look
    -- that goes on
    traces             INTEGER NOT NULL DEFAULT 0 CHECK (traces >= 0)
) STRICT;

INSERT INTO search_state (id, indexed_from) SELECT 1, coalesce(max(id), 0) + 1 FROM messages;

CREATE TRIGGER message_words_new AFTER INSERT ON messages
WHEN new.kind = 0 AND (new.body <> '' OR new.media <> 0)
BEGIN
    INSERT INTO message_words (rowid, words)
    VALUES (new.id, search_words(new.body, new.conversation, new.author, new.order_ms, new.media));
END;

CREATE TRIGGER message_words_gone AFTER DELETE ON messages
WHEN old.kind = 0 AND (old.body <> '' OR old.media <> 0)
    AND old.id >= (SELECT indexed_from FROM search_state)
BEGIN
    INSERT INTO message_words (message_words, rowid, words)
    VALUES ('delete', old.id, search_words(old.body, old.conversation, old.author, old.order_ms, old.media));
END;

-- The old words leave before the row changes, and the new ones come after.
CREATE TRIGGER message_words_before BEFORE UPDATE OF kind, body, conversation, author, order_ms, media ON messages
WHEN (old.kind, old.body, old.conversation, old.author, old.order_ms, old.media)
    IS NOT (new.kind, new.body, new.conversation, new.author, new.order_ms, new.media)
    AND old.kind = 0 AND (old.body <> '' OR old.media <> 0)
    AND old.id >= (SELECT indexed_from FROM search_state)
BEGIN
    INSERT INTO message_words (message_words, rowid, words)
    VALUES ('delete', old.id, search_words(old.body, old.conversation, old.author, old.order_ms, old.media));
END;

CREATE TRIGGER message_words_after AFTER UPDATE OF kind, body, conversation, author, order_ms, media ON messages
WHEN (old.kind, old.body, old.conversation, old.author, old.order_ms, old.media)
    IS NOT (new.kind, new.body, new.conversation, new.author, new.order_ms, new.media)
    AND new.kind = 0 AND (new.body <> '' OR new.media <> 0)
    AND new.id >= (SELECT indexed_from FROM search_state)
BEGIN
    INSERT INTO message_words (rowid, words)
    VALUES (new.id, search_words(new.body, new.conversation, new.author, new.order_ms, new.media));
END;

-- Something was erased.
CREATE TRIGGER message_traces_gone AFTER DELETE ON messages
BEGIN
    UPDATE search_state SET traces = 1 WHERE traces <> 1;
END;

CREATE TRIGGER message_traces_changed AFTER UPDATE OF body, content ON messages
WHEN new.body IS NOT old.body OR new.content IS NOT old.content
BEGIN
    UPDATE search_state SET traces = 1 WHERE traces <> 1;
END;

CREATE TRIGGER parked_traces_gone AFTER DELETE ON parked
BEGIN
    UPDATE search_state SET traces = 1 WHERE traces <> 1;
END;
