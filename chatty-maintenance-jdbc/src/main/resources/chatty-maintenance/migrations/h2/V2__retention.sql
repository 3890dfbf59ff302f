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
    guard int NOT NULL PRIMARY KEY -- one row, which every batch of a cleanup locks, and who has placed a hold after it
);
MERGE INTO chatty_maintenance_guard (guard) VALUES (1);
MERGE INTO chatty_maintenance_migration (version, needs) VALUES (2, 2);
