-- Messages that disappear. What a conversation is set to stands with it already: timer_start and
-- timer_s, of a group in group_details.
-- 0 it stays · 1 so long after it was sent · 2 so long after it was read
ALTER TABLE messages ADD COLUMN timer_kind INTEGER NOT NULL DEFAULT 0 CHECK (timer_kind BETWEEN 0 AND 2);
-- how long, in seconds
ALTER TABLE messages ADD COLUMN timer_s INTEGER NOT NULL DEFAULT 0;
-- its end, in network time; NULL: it stays, or its time has not begun
ALTER TABLE messages ADD COLUMN ends_ms INTEGER;
-- no node had told the time when its time began: what this machine's clock said then; 0: it is known
ALTER TABLE messages ADD COLUMN begun_local_ms INTEGER NOT NULL DEFAULT 0;
-- its end seems to have come: nothing shows it, and it is erased once the time is confirmed
ALTER TABLE messages ADD COLUMN is_hidden INTEGER NOT NULL DEFAULT 0 CHECK (is_hidden IN (0, 1));
-- for how long the app ran since without a network that confirms the time
ALTER TABLE messages ADD COLUMN hidden_for_ms INTEGER NOT NULL DEFAULT 0;
-- 0 nothing · 1 our swarm is to forget it at its end · 2 our swarm is to say when it was read elsewhere
ALTER TABLE messages ADD COLUMN life_task INTEGER NOT NULL DEFAULT 0 CHECK (life_task BETWEEN 0 AND 2);

-- Contents for a later version: when the swarm forgets one that disappears; NULL: it stays.
ALTER TABLE parked ADD COLUMN ends_ms INTEGER;

CREATE INDEX messages_ends ON messages (ends_ms) WHERE ends_ms IS NOT NULL;
CREATE INDEX messages_not_begun ON messages (conversation, order_ms) WHERE timer_kind = 2 AND ends_ms IS NULL;
CREATE INDEX messages_hidden ON messages (id) WHERE is_hidden = 1;
CREATE INDEX messages_guessed ON messages (id) WHERE begun_local_ms > 0;
CREATE INDEX messages_life_tasks ON messages (id) WHERE life_task > 0;
-- kind 8: the conversation's timer was changed
CREATE INDEX messages_timer_changes ON messages (conversation) WHERE kind = 8;
CREATE INDEX parked_ends ON parked (ends_ms) WHERE ends_ms IS NOT NULL;
