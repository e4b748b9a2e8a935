-- What messages say beside their text: what they answer, and the reactions to them.

-- The message that this one answers, by its name on the network: when it was sent, and its author,
-- prefix and key. What is shown of it is looked up.
ALTER TABLE messages ADD COLUMN quote_ms INTEGER;
ALTER TABLE messages ADD COLUMN quote_author BLOB CHECK (quote_author IS NULL OR length(quote_author) = 33);
-- That author is us.
ALTER TABLE messages ADD COLUMN quotes_us INTEGER NOT NULL DEFAULT 0 CHECK (quotes_us IN (0, 1));
CREATE INDEX messages_quoting ON messages (quote_author, quote_ms) WHERE quote_ms IS NOT NULL;

-- The message that the unsent text answers.
ALTER TABLE conversations ADD COLUMN draft_quote INTEGER REFERENCES messages (id) ON DELETE SET NULL;
CREATE INDEX conversations_draft_quote ON conversations (draft_quote) WHERE draft_quote IS NOT NULL;

-- The emoji with which somebody reacted to a message, one a row.
CREATE TABLE reactions (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    message            INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    -- who, prefix and key
    sender             BLOB    NOT NULL CHECK (length(sender) = 33),
    emoji              TEXT    NOT NULL CHECK (length(emoji) BETWEEN 1 AND 64),
    is_own             INTEGER NOT NULL CHECK (is_own IN (0, 1)),
    -- it was taken back; the row stays: what was said before and comes later says nothing then
    is_removed         INTEGER NOT NULL DEFAULT 0 CHECK (is_removed IN (0, 1)),
    -- network time of what was said last about it
    sent_ms            INTEGER NOT NULL,
    -- it may disturb: somebody reacted to a message of ours, in a conversation of two
    notifies           INTEGER NOT NULL DEFAULT 0 CHECK (notifies IN (0, 1)),
    -- ours, while it waits to go out
    outbox             INTEGER REFERENCES outbox (id) ON DELETE SET NULL,
    UNIQUE (message, sender, emoji)
) STRICT;

CREATE INDEX reactions_waiting ON reactions (outbox) WHERE outbox IS NOT NULL;

-- Reactions to messages that are not here yet.
CREATE TABLE pending_reactions (
    conversation       INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    -- the message, by its author, prefix and key, and its sent time
    author             BLOB    NOT NULL CHECK (length(author) = 33),
    target_ms          INTEGER NOT NULL,
    -- who reacts, prefix and key
    sender             BLOB    NOT NULL CHECK (length(sender) = 33),
    emoji              TEXT    NOT NULL CHECK (length(emoji) BETWEEN 1 AND 64),
    is_own             INTEGER NOT NULL CHECK (is_own IN (0, 1)),
    is_removal         INTEGER NOT NULL CHECK (is_removal IN (0, 1)),
    may_notify         INTEGER NOT NULL CHECK (may_notify IN (0, 1)),
    sent_ms            INTEGER NOT NULL,
    received_ms        INTEGER NOT NULL,
    PRIMARY KEY (conversation, author, target_ms, sender, emoji)
) STRICT, WITHOUT ROWID;

CREATE INDEX pending_reactions_by_time ON pending_reactions (received_ms);

-- The emoji that we reacted with, the last one last.
CREATE TABLE recent_reactions (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    emoji              TEXT    NOT NULL UNIQUE
) STRICT;

-- When we reacted, within a minute: so many go out, and no more.
CREATE TABLE reaction_turns (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms              INTEGER NOT NULL
) STRICT;

-- A message that says nothing any more has no reactions, answers nothing and is not answered.
CREATE TRIGGER message_emptied AFTER UPDATE OF kind ON messages
WHEN new.kind <> old.kind AND new.kind NOT IN (0, 2)
BEGIN
    DELETE FROM reactions WHERE message = new.id;
    UPDATE conversations SET draft_quote = NULL WHERE draft_quote = new.id;
    UPDATE messages SET quote_ms = NULL, quote_author = NULL, quotes_us = 0
    WHERE id = new.id AND quote_ms IS NOT NULL;
END;

-- A reaction of ours that nobody has tried to send goes with its row.
CREATE TRIGGER reaction_called_back AFTER DELETE ON reactions
WHEN old.outbox IS NOT NULL AND EXISTS (SELECT 1 FROM outbox WHERE id = old.outbox AND attempts = 0)
BEGIN
    DELETE FROM outbox WHERE after_row = old.outbox AND message IS NULL;
    DELETE FROM outbox WHERE id = old.outbox;
END;

-- A conversation that was deleted waits for nothing.
CREATE TRIGGER reactions_forgotten AFTER UPDATE OF is_listed ON conversations
WHEN new.is_listed = 0 AND old.is_listed = 1
BEGIN
    DELETE FROM pending_reactions WHERE conversation = new.id;
END;
