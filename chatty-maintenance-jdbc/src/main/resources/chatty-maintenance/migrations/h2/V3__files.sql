CREATE TABLE IF NOT EXISTS chatty_maintenance_swept_file ( -- what sweeps are about to do to files, and have done
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sweep           varchar(100) NOT NULL,
    run_id          varchar(36) NOT NULL, -- the run that made the entry
    file_name       varchar(1024) NOT NULL,
    name_hash       varchar(64) NOT NULL, -- SHA-256: a name is longer than an index allows
    loose_hash      varchar(64) NOT NULL, -- of the name without case, Unicode form and encoding
    file_kind       varchar(100) NOT NULL,
    file_prefix     varchar(1024) NOT NULL,
    progress        varchar(12) NOT NULL, -- SUSPECT, QUARANTINED, DELETING, DELETED, KEPT
    bytes           bigint NOT NULL,
    changed_seconds bigint NOT NULL, -- since 1970, to the nanosecond: a state is compared with what it was
    changed_nanos   int NOT NULL,
    file_version    varchar(500) NOT NULL, -- by what the store tells one content from another
    since           timestamp(6) with time zone NOT NULL, -- when it came to that progress, by the now of the run
    why             varchar(100),
    kept_until      timestamp(6) with time zone -- no sweep takes it before
);
CREATE UNIQUE INDEX IF NOT EXISTS chatty_maintenance_swept_file_name ON chatty_maintenance_swept_file (name_hash, sweep, run_id);
CREATE INDEX IF NOT EXISTS chatty_maintenance_swept_file_open ON chatty_maintenance_swept_file (name_hash, sweep, progress);
CREATE INDEX IF NOT EXISTS chatty_maintenance_swept_file_loose ON chatty_maintenance_swept_file (loose_hash, sweep, run_id);
CREATE INDEX IF NOT EXISTS chatty_maintenance_swept_file_progress ON chatty_maintenance_swept_file (sweep, progress, id);
CREATE INDEX IF NOT EXISTS chatty_maintenance_swept_file_run ON chatty_maintenance_swept_file (sweep, run_id, progress, id);
CREATE INDEX IF NOT EXISTS chatty_maintenance_swept_file_since ON chatty_maintenance_swept_file (sweep, progress, since);
CREATE TABLE IF NOT EXISTS chatty_maintenance_file_note ( -- what sweeps remember from run to run
    sweep     varchar(100) NOT NULL,
    note_key  varchar(200) NOT NULL,
    note_text varchar(1000) NOT NULL,
    PRIMARY KEY (sweep, note_key)
);
CREATE TABLE IF NOT EXISTS chatty_maintenance_archived_path ( -- paths of files that messages in an archive file hold
    seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    archive_file varchar(500) NOT NULL, -- what no record of chatty_maintenance_archived names any more holds nothing
    holder       varchar(200) NOT NULL, -- table.column in which it stood
    path         varchar(1000000) NOT NULL
);
CREATE INDEX IF NOT EXISTS chatty_maintenance_archived_path_path ON chatty_maintenance_archived_path (path);
CREATE INDEX IF NOT EXISTS chatty_maintenance_archived_path_in ON chatty_maintenance_archived_path (archive_file);
MERGE INTO chatty_maintenance_migration (version, needs) VALUES (3, 3);
