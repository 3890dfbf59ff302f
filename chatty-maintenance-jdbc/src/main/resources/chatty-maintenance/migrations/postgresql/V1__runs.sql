CREATE TABLE chatty_maintenance_run (
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    run_id       varchar(36)  NOT NULL PRIMARY KEY,
    task         varchar(100) NOT NULL,
    active_task  varchar(100) UNIQUE, -- the task while the run is active: at most one run a task is
    state        varchar(20)  NOT NULL,
    run_now      timestamptz  NOT NULL,
    created_at   timestamptz  NOT NULL,
    ended_at     timestamptz,
    batches      bigint       NOT NULL,
    counts       text         NOT NULL, -- name=count, a space between two
    batch_cursor text,
    token        bigint       NOT NULL,
    owner        varchar(200) NOT NULL,
    detail       text
);
CREATE INDEX chatty_maintenance_run_history ON chatty_maintenance_run (task, seq);
CREATE TABLE chatty_maintenance_pause (
    task varchar(100) NOT NULL PRIMARY KEY
);
CREATE TABLE chatty_maintenance_migration (
    version int NOT NULL PRIMARY KEY
);
INSERT INTO chatty_maintenance_migration (version) VALUES (1);
