-- People: requests, contacts, pictures, directory.

-- Message requests: who wrote and was not accepted stands in a list of their own.
DROP INDEX conversations_list;
CREATE INDEX conversations_list
    ON conversations (is_pinned, last_activity_ms, id) WHERE is_listed = 1 AND is_approved = 1;
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
