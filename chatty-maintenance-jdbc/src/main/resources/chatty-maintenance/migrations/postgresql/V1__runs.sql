CREATE TABLE chatty_maintenance_run (
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    run_id       varchar(36)  NOT NULL PRIMARY KEY,
    task         varchar(100) NOT NULL,
    active_task  varchar(100) UNIQUE, -- the task while the run is active: at most one run a task is
    state        varchar(30)  NOT NULL,
    due_at       timestamptz,
    skipped_due  timestamptz, -- due_at of a skip: a due time is recorded as skipped once
    run_now      timestamptz  NOT NULL,
    created_at   timestamptz  NOT NULL,
    ended_at     timestamptz,
    batches      bigint       NOT NULL,
    counts       text         NOT NULL, -- name=count, a space between two
    run_usage    text         NOT NULL, -- likewise
    batch_cursor text,
    token        bigint       NOT NULL,
    owner        varchar(200) NOT NULL,
    claim_until  timestamptz, -- by the database's clock
    cancel_asked boolean      NOT NULL DEFAULT FALSE,
    cut_offs     int          NOT NULL,
    folded       bigint       NOT NULL,
    fingerprint  varchar(100) NOT NULL, -- of the task that did the last batch; '' before the first
    detail       text,
    UNIQUE (task, skipped_due)
);
CREATE INDEX chatty_maintenance_run_history ON chatty_maintenance_run (task, seq);
CREATE TABLE chatty_maintenance_task (
    task              varchar(100) NOT NULL PRIMARY KEY,
    paused            boolean      NOT NULL,
    breaker_opened_at timestamptz,
    last_begun        varchar(36) -- run_id of its newest run that is no skip
);
CREATE TABLE chatty_maintenance_migration (
    version int NOT NULL PRIMARY KEY,
    needs   int NOT NULL -- the least version that a library must know to work with these tables
);
INSERT INTO chatty_maintenance_migration (version, needs) VALUES (1, 1);
