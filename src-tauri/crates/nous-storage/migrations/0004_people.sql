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
