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
    guard int NOT NULL PRIMARY KEY -- one row, which every batch of a cleanup locks, and who has placed a hold after it
) ENGINE = InnoDB;
INSERT IGNORE INTO chatty_maintenance_guard (guard) VALUES (1);
INSERT IGNORE INTO chatty_maintenance_migration (version, needs) VALUES (2, 2);
