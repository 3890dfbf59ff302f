CREATE TABLE IF NOT EXISTS chatty_maintenance_last_seen ( -- when users were last seen, where no column of the host's is named for it
    user_id varchar(200) COLLATE utf8mb4_nopad_bin NOT NULL PRIMARY KEY,
    seen_at datetime(6) NOT NULL -- in UTC; only goes forward
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
CREATE TABLE IF NOT EXISTS chatty_maintenance_online ( -- which node says that it has which user
    node    varchar(200) COLLATE utf8mb4_nopad_bin NOT NULL,
    user_id varchar(200) COLLATE utf8mb4_nopad_bin NOT NULL,
    PRIMARY KEY (node, user_id),
    KEY chatty_maintenance_online_user (user_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
INSERT IGNORE INTO chatty_maintenance_migration (version, needs) VALUES (4, 3);
