CREATE TABLE IF NOT EXISTS chatty_maintenance_run (
    seq          bigint       NOT NULL AUTO_INCREMENT UNIQUE,
    run_id       varchar(36)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    task         varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    active_task  varchar(100) CHARACTER SET ascii COLLATE ascii_bin UNIQUE, -- the task while the run is active: at most one run a task is
    state        varchar(20)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    run_now      datetime(6)  NOT NULL, -- this and the next two in UTC
    created_at   datetime(6)  NOT NULL,
    ended_at     datetime(6),
    batches      bigint       NOT NULL,
    counts       mediumtext   NOT NULL, -- name=count, a space between two
    batch_cursor text,
    token        bigint       NOT NULL,
    owner        varchar(200) NOT NULL,
    detail       text,
    KEY chatty_maintenance_run_history (task, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
CREATE TABLE IF NOT EXISTS chatty_maintenance_pause (
    task varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY
) ENGINE = InnoDB;
CREATE TABLE IF NOT EXISTS chatty_maintenance_migration (
    version int NOT NULL PRIMARY KEY
) ENGINE = InnoDB;
INSERT IGNORE INTO chatty_maintenance_migration (version) VALUES (1);
