-- A chat of two years. It is run at each connection, and makes nothing that is there.
CREATE TABLE IF NOT EXISTS messages (
    id BIGINT PRIMARY KEY,
    room_id VARCHAR(20) NOT NULL,
    user_id BIGINT NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    pinned BOOLEAN NOT NULL);
CREATE INDEX IF NOT EXISTS messages_by_time ON messages (sent_at, id);
CREATE INDEX IF NOT EXISTS messages_by_room ON messages (room_id, sent_at, id);
CREATE INDEX IF NOT EXISTS messages_by_deletion ON messages (deleted_at, id);
CREATE TABLE IF NOT EXISTS reactions (id BIGINT PRIMARY KEY, message_id BIGINT NOT NULL);
CREATE INDEX IF NOT EXISTS reactions_by_message ON reactions (message_id);
CREATE TABLE IF NOT EXISTS made_up (once BOOLEAN PRIMARY KEY);

INSERT INTO messages
    SELECT x, CASE MOD(x, 10) WHEN 0 THEN 'legal' WHEN 1 THEN 'support' ELSE 'lobby' END, MOD(x, 100),
        DATEADD(MINUTE, -210 * x, CURRENT_TIMESTAMP),
        CASE WHEN MOD(x, 20) = 2 THEN DATEADD(MINUTE, 60 - 210 * x, CURRENT_TIMESTAMP) END, MOD(x, 50) = 3
    FROM SYSTEM_RANGE(1, 5000) WHERE NOT EXISTS (SELECT 1 FROM made_up);
INSERT INTO reactions SELECT x, x FROM SYSTEM_RANGE(1, 5000) WHERE NOT EXISTS (SELECT 1 FROM made_up);
MERGE INTO made_up VALUES (TRUE);
