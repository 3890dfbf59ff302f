CREATE TABLE chatty_maintenance_last_seen ( -- when users were last seen, where no column of the host's is named for it
    user_id varchar(200) COLLATE "C" NOT NULL PRIMARY KEY,
    seen_at timestamptz NOT NULL -- only goes forward
);
CREATE TABLE chatty_maintenance_online ( -- which node says that it has which user
    node    varchar(200) COLLATE "C" NOT NULL,
    user_id varchar(200) COLLATE "C" NOT NULL,
    PRIMARY KEY (node, user_id)
);
CREATE INDEX chatty_maintenance_online_user ON chatty_maintenance_online (user_id);
INSERT INTO chatty_maintenance_migration (version, needs) VALUES (4, 3);
