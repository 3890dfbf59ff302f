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
    guard int NOT NULL PRIMARY KEY -- one row, which every batch of a cleanup locks, and who has placed a hold after it
);
INSERT INTO chatty_maintenance_guard (guard) VALUES (1);
INSERT INTO chatty_maintenance_migration (version, needs) VALUES (2, 2);
