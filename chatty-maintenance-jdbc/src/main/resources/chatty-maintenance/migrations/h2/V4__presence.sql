CREATE TABLE IF NOT EXISTS chatty_maintenance_last_seen ( -- when users were last seen, where no column of the host's is named for it
    user_id varchar(200) NOT NULL PRIMARY KEY,
    seen_at timestamp(6) with time zone NOT NULL -- only goes forward
);
CREATE TABLE IF NOT EXISTS chatty_maintenance_online ( -- which node says that it has which user
    node          varchar(200) NOT NULL,
    user_id       varchar(200) NOT NULL,
    user_id_bytes varbinary(800) GENERATED ALWAYS AS (STRINGTOUTF8(user_id)), -- in their order
    PRIMARY KEY (node, user_id)
);
CREATE INDEX IF NOT EXISTS chatty_maintenance_online_user ON chatty_maintenance_online (user_id);
CREATE INDEX IF NOT EXISTS chatty_maintenance_online_bytes ON chatty_maintenance_online (node, user_id_bytes);
MERGE INTO chatty_maintenance_migration (version, needs) VALUES (4, 3);
