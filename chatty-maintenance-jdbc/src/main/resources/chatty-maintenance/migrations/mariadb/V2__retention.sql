CREATE TABLE IF NOT EXISTS chatty_maintenance_hold (
    seq         bigint       NOT NULL AUTO_INCREMENT UNIQUE,
    hold_id     varchar(200) COLLATE utf8mb4_nopad_bin NOT NULL PRIMARY KEY,
    room        varchar(1000) COLLATE utf8mb4_nopad_bin,
    sender      varchar(1000) COLLATE utf8mb4_nopad_bin,
    sent_from   datetime(6), -- all times in UTC
    sent_until  datetime(6), -- exclusive
    placed_by   varchar(1000) NOT NULL,
    why         mediumtext   NOT NULL,
    placed_at   datetime(6)  NOT NULL,
    released_by varchar(1000), -- it holds until it is released
    released_at datetime(6)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
CREATE TABLE IF NOT EXISTS chatty_maintenance_guard (
    guard int NOT NULL PRIMARY KEY, -- one row, which every batch of a cleanup locks, and who has placed a hold after it
    database_id varchar(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT (UUID()) -- stands in the names of archive files
) ENGINE = InnoDB;
INSERT IGNORE INTO chatty_maintenance_guard (guard) VALUES (1);
CREATE TABLE IF NOT EXISTS chatty_maintenance_archived ( -- a row for each message that is in an archive
    seq           bigint       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    run_id        varchar(36)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    message_table varchar(200) COLLATE utf8mb4_nopad_bin NOT NULL,
    message_key   varchar(500) COLLATE utf8mb4_nopad_bin NOT NULL,
    room          varchar(1000) COLLATE utf8mb4_nopad_bin,
    sender        varchar(1000) COLLATE utf8mb4_nopad_bin,
    sent_at       datetime(6), -- all times in UTC
    archived_at   datetime(6)  NOT NULL,
    archive_name  varchar(300) COLLATE utf8mb4_nopad_bin NOT NULL, -- which archive, as there can be several
    archive_file  varchar(500) COLLATE utf8mb4_nopad_bin,
    told          boolean      NOT NULL, -- whether it was noted for a listener, too
    message_hash  varchar(64) CHARACTER SET ascii COLLATE ascii_bin, -- of what the file holds of it
    KEY chatty_maintenance_archived_run (run_id, seq),
    KEY chatty_maintenance_archived_in (archive_file),
    KEY chatty_maintenance_archived_at (archived_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
CREATE TABLE IF NOT EXISTS chatty_maintenance_restored ( -- what was restored is held for a while
    message_table varchar(200) COLLATE utf8mb4_nopad_bin NOT NULL,
    message_key   varchar(500) COLLATE utf8mb4_nopad_bin NOT NULL,
    held_until    datetime(6)  NOT NULL,
    PRIMARY KEY (message_table, message_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
CREATE TABLE IF NOT EXISTS chatty_maintenance_gone_file ( -- files whose last reference went
    seq     bigint      NOT NULL AUTO_INCREMENT PRIMARY KEY,
    path    mediumtext  COLLATE utf8mb4_nopad_bin NOT NULL,
    run_id  varchar(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    gone_at datetime(6) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
CREATE TABLE IF NOT EXISTS chatty_maintenance_gone_message ( -- messages that went, until a listener was told
    seq           bigint       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    message_table varchar(200) COLLATE utf8mb4_nopad_bin NOT NULL,
    message_key   varchar(500) COLLATE utf8mb4_nopad_bin NOT NULL,
    room          varchar(1000) COLLATE utf8mb4_nopad_bin,
    run_id        varchar(36)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    gone_at       datetime(6)  NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
CREATE TABLE IF NOT EXISTS chatty_maintenance_erasure ( -- what is asked to be erased
    seq       bigint        NOT NULL AUTO_INCREMENT PRIMARY KEY,
    scope     varchar(10)   NOT NULL, -- user, room
    scope_id  varchar(1000) COLLATE utf8mb4_nopad_bin NOT NULL,
    asked_by  varchar(1000) NOT NULL,
    why       mediumtext    NOT NULL,
    asked_at  datetime(6)   NOT NULL,
    erased_at datetime(6) -- when nothing was left
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
CREATE TABLE IF NOT EXISTS chatty_maintenance_lane ( -- what workers of a batch have done that its run's record has not yet
    run_id        varchar(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    lane          int         NOT NULL,
    lane_position mediumtext  NOT NULL,
    locked_rows   boolean     NOT NULL,
    counts        mediumtext  NOT NULL,
    PRIMARY KEY (run_id, lane)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
INSERT IGNORE INTO chatty_maintenance_migration (version, needs) VALUES (2, 2);
