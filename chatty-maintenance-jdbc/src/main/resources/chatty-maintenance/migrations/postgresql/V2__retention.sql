CREATE TABLE chatty_maintenance_hold (
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    hold_id     varchar(200) NOT NULL PRIMARY KEY,
    room        text,
    sender      text,
    sent_from   timestamptz,
    sent_until  timestamptz, -- exclusive
    placed_by   text         NOT NULL,
    why         text         NOT NULL,
    placed_at   timestamptz  NOT NULL,
    released_by text, -- it holds until it is released
    released_at timestamptz
);
CREATE TABLE chatty_maintenance_guard (
    guard int NOT NULL PRIMARY KEY, -- one row, which every batch of a cleanup locks, and who has placed a hold after it
    database_id varchar(36) NOT NULL DEFAULT md5(random()::text || clock_timestamp()::text) -- stands in the names of archive files
);
INSERT INTO chatty_maintenance_guard (guard) VALUES (1);
CREATE TABLE chatty_maintenance_archived ( -- a row for each message that is in an archive
    seq           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id        varchar(36)  NOT NULL,
    message_table text         NOT NULL,
    message_key   text COLLATE "C" NOT NULL,
    room          text,
    sender        text,
    sent_at       timestamptz,
    archived_at   timestamptz  NOT NULL,
    archive_name  text NOT NULL, -- which archive, as there can be several
    archive_file  text COLLATE "C",
    told          boolean     NOT NULL, -- whether it was noted for a listener, too
    message_hash  text -- of what the file holds of it
);
CREATE INDEX chatty_maintenance_archived_run ON chatty_maintenance_archived (run_id, seq);
CREATE INDEX chatty_maintenance_archived_in ON chatty_maintenance_archived (archive_file);
CREATE INDEX chatty_maintenance_archived_at ON chatty_maintenance_archived (archived_at);
CREATE TABLE chatty_maintenance_restored ( -- what was restored is held for a while
    message_table text NOT NULL,
    message_key   text COLLATE "C" NOT NULL,
    held_until    timestamptz NOT NULL,
    PRIMARY KEY (message_table, message_key)
);
CREATE TABLE chatty_maintenance_gone_file ( -- files whose last reference went
    seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    path    text        NOT NULL,
    run_id  varchar(36) NOT NULL,
    gone_at timestamptz NOT NULL
);
CREATE TABLE chatty_maintenance_gone_message ( -- messages that went, until a listener was told
    seq           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_table text        NOT NULL,
    message_key   text        NOT NULL,
    room          text,
    run_id        varchar(36) NOT NULL,
    gone_at       timestamptz NOT NULL
);
CREATE TABLE chatty_maintenance_erasure ( -- what is asked to be erased
    seq       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope     varchar(10) NOT NULL, -- user, room
    scope_id  text        NOT NULL,
    asked_by  text        NOT NULL,
    why       text        NOT NULL,
    asked_at  timestamptz NOT NULL,
    erased_at timestamptz -- when nothing was left
);
CREATE TABLE chatty_maintenance_lane ( -- what workers of a batch have done that its run's record has not yet
    run_id        varchar(36) NOT NULL,
    lane          int         NOT NULL,
    lane_position text        NOT NULL,
    locked_rows   boolean     NOT NULL,
    counts        text        NOT NULL,
    PRIMARY KEY (run_id, lane)
);
INSERT INTO chatty_maintenance_migration (version, needs) VALUES (2, 2);
