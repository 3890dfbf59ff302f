CREATE TABLE IF NOT EXISTS chatty_maintenance_run (
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    run_id       varchar(36)  NOT NULL PRIMARY KEY,
    task         varchar(100) NOT NULL,
    active_task  varchar(100) UNIQUE, -- the task while the run is active: at most one run a task is
    state        varchar(30)  NOT NULL,
    due_at       timestamp(6) with time zone,
    skipped_due  timestamp(6) with time zone, -- due_at of a skip: a due time is recorded as skipped once
    run_now      timestamp(6) with time zone NOT NULL,
    created_at   timestamp(6) with time zone NOT NULL,
    ended_at     timestamp(6) with time zone,
    batches      bigint       NOT NULL,
    counts       varchar(1000000) NOT NULL, -- name=count, a space between two
    run_usage    varchar(1000000) NOT NULL, -- likewise
    batch_cursor varchar(4096),
    token        bigint       NOT NULL,
    owner        varchar(200) NOT NULL,
    claim_until  timestamp(6) with time zone, -- by the database's clock
    cancel_asked boolean      NOT NULL DEFAULT FALSE,
    cut_offs     int          NOT NULL,
    folded       bigint       NOT NULL,
    fingerprint  varchar(100) NOT NULL, -- of the task that did the last batch; '' before the first
    detail       varchar(1000000),
    UNIQUE (task, skipped_due)
);
CREATE INDEX IF NOT EXISTS chatty_maintenance_run_history ON chatty_maintenance_run (task, seq);
CREATE TABLE IF NOT EXISTS chatty_maintenance_task (
    task              varchar(100) NOT NULL PRIMARY KEY,
    paused            boolean      NOT NULL,
    breaker_opened_at timestamp(6) with time zone,
    last_begun        varchar(36) -- run_id of its newest run that is no skip
);
CREATE TABLE IF NOT EXISTS chatty_maintenance_migration (
    version int NOT NULL PRIMARY KEY,
    needs   int NOT NULL -- the least version that a library must know to work with these tables
);
MERGE INTO chatty_maintenance_migration (version, needs) VALUES (1, 1);
