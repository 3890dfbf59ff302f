CREATE TABLE IF NOT EXISTS chatty_maintenance_run (
    seq          bigint       NOT NULL AUTO_INCREMENT UNIQUE,
    run_id       varchar(36)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    task         varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    active_task  varchar(100) CHARACTER SET ascii COLLATE ascii_bin UNIQUE, -- the task while the run is active: at most one run a task is
    state        varchar(30)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    due_at       datetime(6), -- all times in UTC
    skipped_due  datetime(6), -- due_at of a skip: a due time is recorded as skipped once
    run_now      datetime(6)  NOT NULL,
    created_at   datetime(6)  NOT NULL,
    ended_at     datetime(6),
    batches      bigint       NOT NULL,
    counts       mediumtext   NOT NULL, -- name=count, a space between two
    run_usage    mediumtext   NOT NULL, -- likewise
    batch_cursor text,
    token        bigint       NOT NULL,
    owner        varchar(200) COLLATE utf8mb4_nopad_bin NOT NULL,
    claim_until  datetime(6), -- by the database's clock
    cancel_asked boolean      NOT NULL DEFAULT FALSE,
    cut_offs     int          NOT NULL,
    folded       bigint       NOT NULL,
    fingerprint  varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- of the task that did the last batch; '' before the first
    detail       mediumtext,
    UNIQUE (task, skipped_due),
    KEY chatty_maintenance_run_history (task, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
CREATE TABLE IF NOT EXISTS chatty_maintenance_task (
    task              varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    paused            boolean      NOT NULL,
    breaker_opened_at datetime(6), -- in UTC
    last_begun        varchar(36)  CHARACTER SET ascii COLLATE ascii_bin -- run_id of its newest run that is no skip
) ENGINE = InnoDB;
CREATE TABLE IF NOT EXISTS chatty_maintenance_migration (
    version int NOT NULL PRIMARY KEY,
    needs   int NOT NULL -- the least version that a library must know to work with these tables
) ENGINE = InnoDB;
INSERT IGNORE INTO chatty_maintenance_migration (version, needs) VALUES (1, 1);
