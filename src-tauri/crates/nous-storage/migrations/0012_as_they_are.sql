-- Files that go as they are, and lines that tell of saved files.

-- as the person chose it: a picture keeps where and with what it was taken
ALTER TABLE staged_files ADD COLUMN is_as_it_is INTEGER NOT NULL DEFAULT 0 CHECK (is_as_it_is IN (0, 1));
-- ours: the same, for who takes the message back
ALTER TABLE attachments ADD COLUMN is_as_it_is INTEGER NOT NULL DEFAULT 0 CHECK (is_as_it_is IN (0, 1));

-- kind 9: when the message was sent whose file was saved; NULL: nobody says
ALTER TABLE messages ADD COLUMN saved_ms INTEGER;
CREATE INDEX messages_saved ON messages (conversation, saved_ms) WHERE saved_ms IS NOT NULL;
