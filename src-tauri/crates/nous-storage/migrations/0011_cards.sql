-- Cards below the text of messages: the preview of a link, an invitation to a community.

-- 0 none · 1 the preview of a link in the text · 2 an invitation to a room of a community
ALTER TABLE messages ADD COLUMN card INTEGER NOT NULL DEFAULT 0 CHECK (card BETWEEN 0 AND 2);
-- where it leads
ALTER TABLE messages ADD COLUMN card_url TEXT NOT NULL DEFAULT '';
-- the title of the page, empty if it has none; the name of the room
ALTER TABLE messages ADD COLUMN card_title TEXT NOT NULL DEFAULT '';

-- A message that says nothing any more has no card.
CREATE TRIGGER message_without_card AFTER UPDATE OF kind ON messages
WHEN new.kind <> old.kind AND new.kind NOT IN (0, 2) AND new.card <> 0
BEGIN
    UPDATE messages SET card = 0, card_url = '', card_title = '' WHERE id = new.id;
END;

-- Contents of groups for a later version: the folded row that stands for one.
ALTER TABLE group_parked ADD COLUMN message INTEGER REFERENCES messages (id) ON DELETE SET NULL;
CREATE INDEX group_parked_message ON group_parked (message) WHERE message IS NOT NULL;
