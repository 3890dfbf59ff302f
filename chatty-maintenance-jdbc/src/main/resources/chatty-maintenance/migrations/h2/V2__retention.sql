CREATE TABLE IF NOT EXISTS chatty_maintenance_hold (
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    hold_id     varchar(200) NOT NULL PRIMARY KEY,
    room        varchar(1000),
    sender      varchar(1000),
    sent_from   timestamp(9) with time zone,
    sent_until  timestamp(9) with time zone, -- exclusive
    placed_by   varchar(1000) NOT NULL,
    why         varchar(100000) NOT NULL,
    placed_at   timestamp(6) with time zone NOT NULL,
    released_by varchar(1000), -- it holds until it is released
    released_at timestamp(6) with time zone
);
CREATE TABLE IF NOT EXISTS chatty_maintenance_guard (
    guard int NOT NULL PRIMARY KEY, -- one row, which every batch of a cleanup locks, and who has placed a hold after it
    database_id varchar(36) DEFAULT RANDOM_UUID() NOT NULL -- stands in the names of archive files
);
MERGE INTO chatty_maintenance_guard (guard) VALUES (1);
CREATE TABLE IF NOT EXISTS chatty_maintenance_archived ( -- a row for each message that is in an archive
    seq           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id        varchar(36)  NOT NULL,
    message_table varchar(200) NOT NULL,
    message_key   varchar(700) NOT NULL,
    room          varchar(1000),
    sender        varchar(1000),
    sent_at       timestamp(9) with time zone,
    archived_at   timestamp(6) with time zone NOT NULL,
    archive_name  varchar(300) NOT NULL, -- which archive, as there can be several
    archive_file  varchar(500),
    told          boolean      NOT NULL, -- whether it was noted for a listener, too
    message_hash  varchar(64) -- of what the file holds of it
);
CREATE INDEX IF NOT EXISTS chatty_maintenance_archived_run ON chatty_maintenance_archived (run_id, seq);
CREATE INDEX IF NOT EXISTS chatty_maintenance_archived_in ON chatty_maintenance_archived (archive_file);
CREATE INDEX IF NOT EXISTS chatty_maintenance_archived_at ON chatty_maintenance_archived (archived_at);
CREATE TABLE IF NOT EXISTS chatty_maintenance_restored ( -- what was restored is held for a while
    message_table varchar(200) NOT NULL,
    message_key   varchar(700) NOT NULL,
    held_until    timestamp(6) with time zone NOT NULL,
    PRIMARY KEY (message_table, message_key)
);
CREATE TABLE IF NOT EXISTS chatty_maintenance_gone_file ( -- files whose last reference went
    seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    path    varchar(1000000) NOT NULL,
    run_id  varchar(36)  NOT NULL,
    gone_at timestamp(6) with time zone NOT NULL
);
CREATE TABLE IF NOT EXISTS chatty_maintenance_gone_message ( -- messages that went, until a listener was told
    seq           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_table varchar(200) NOT NULL,
    message_key   varchar(700) NOT NULL,
    room          varchar(1000),
    run_id        varchar(36)  NOT NULL,
    gone_at       timestamp(6) with time zone NOT NULL
);
CREATE TABLE IF NOT EXISTS chatty_maintenance_erasure ( -- what is asked to be erased
    seq       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope     varchar(10)   NOT NULL, -- user, room
    scope_id  varchar(1000) NOT NULL,
    asked_by  varchar(1000) NOT NULL,
    why       varchar(100000) NOT NULL,
    asked_at  timestamp(6) with time zone NOT NULL,
    erased_at timestamp(6) with time zone -- when nothing was left
);
CREATE TABLE IF NOT EXISTS chatty_maintenance_lane ( -- what workers of a batch have done that its run's record has not yet
    run_id        varchar(36)     NOT NULL,
    lane          int             NOT NULL,
    lane_position varchar(100000) NOT NULL,
    locked_rows   boolean         NOT NULL,
    counts        varchar(1000000) NOT NULL,
    PRIMARY KEY (run_id, lane)
);
MERGE INTO chatty_maintenance_migration (version, needs) VALUES (2, 2);
