CREATE TABLE IF NOT EXISTS chatty_maintenance_run (
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    run_id       varchar(36)  NOT NULL PRIMARY KEY,
    task         varchar(100) NOT NULL,
    active_task  varchar(100) UNIQUE, -- the task while the run is active: at most one run a task is
    state        varchar(20)  NOT NULL,
    run_now      timestamp(6) with time zone NOT NULL,
    created_at   timestamp(6) with time zone NOT NULL,
    ended_at     timestamp(6) with time zone,
    batches      bigint       NOT NULL,
    counts       varchar(1000000) NOT NULL, -- name=count, a space between two
    batch_cursor varchar(4096),
    token        bigint       NOT NULL,
    owner        varchar(200) NOT NULL,
    detail       varchar(4000)
);
CREATE INDEX IF NOT EXISTS chatty_maintenance_run_history ON chatty_maintenance_run (task, seq);
CREATE TABLE IF NOT EXISTS chatty_maintenance_pause (
    task varchar(100) NOT NULL PRIMARY KEY
);
CREATE TABLE IF NOT EXISTS chatty_maintenance_migration (
    version int NOT NULL PRIMARY KEY
);
MERGE INTO chatty_maintenance_migration (version) VALUES (1);
