package io.chatty.maintenance.database.servers;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import javax.sql.DataSource;

/**
 * The one replica of this JVM's PostgreSQL server, from when it is first asked for: a copy of the data directory that streams
 * the log since, through the replication slot {@value #SLOT}. Stopped and removed when the JVM ends.
 */
public final class PostgresReplica {

    private static final String SLOT = "test_replica";

    /** What a copy must not have, or makes anew. */
    private static final Set<String> NOT_COPIED =
            Set.of("postmaster.pid", "postmaster.opts", "epg-lock", "pg_stat_tmp", "pg_dynshmem");

    private static final Set<String> COPIED_EMPTY = Set.of("pg_wal", "pg_replslot", "pg_notify", "pg_subtrans");

    private static final EmbeddedPostgres RUNNING = start();

    private PostgresReplica() {}

    /** Connections to it, which can change nothing. Starts it, and its primary, if it does not run yet. */
    public static DataSource dataSource() {
        return RUNNING.getPostgresDatabase();
    }

    /** Lets it receive the log and replay none of it. */
    public static void pauseReplay() throws SQLException {
        execute(dataSource(), "SELECT pg_wal_replay_pause()");
    }

    /** Lets it go on. */
    public static void resumeReplay() throws SQLException {
        execute(dataSource(), "SELECT pg_wal_replay_resume()");
    }

    /** Waits until it has replayed the log up to there. */
    public static void awaitReplay(String position) throws SQLException {
        long start = System.nanoTime();
        while (!"t".equals(ask("SELECT pg_last_wal_replay_lsn() >= '" + position + "'"))) {
            assertThat(System.nanoTime() - start)
                    .as("nanoseconds until %s is replayed", position)
                    .isLessThan(30_000_000_000L);
        }
    }

    /** The first column of the first row that a query finds, as text. */
    public static String ask(String sql) throws SQLException {
        return first(dataSource(), sql);
    }

    private static EmbeddedPostgres start() {
        EmbeddedPostgres primary = PostgresServer.running();
        try {
            Path copy = Files.createTempDirectory(
                    "postgres-replica-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            copy(primary.getPostgresDatabase(), copy);
            Files.createFile(copy.resolve("standby.signal"));
            Files.writeString(
                    copy.resolve("postgresql.auto.conf"),
                    "primary_conninfo = 'host=127.0.0.1 port=%d user=postgres application_name=test_replica'%n"
                                    .formatted(primary.getPort())
                            + "primary_slot_name = '" + SLOT + "'\n");
            EmbeddedPostgres replica = EmbeddedPostgres.builder()
                    .setDataDirectory(copy)
                    .setCleanDataDirectory(false) // it would make it anew
                    .setServerConfig("max_prepared_transactions", "10") // no less than its primary
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(replica, copy), "postgres-replica-stop"));
            return replica;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException("no replica was made", e);
        }
    }

    private static void copy(DataSource primary, Path copy) throws SQLException, IOException {
        Path data = Path.of(first(primary, "SHOW data_directory"));
        execute(primary, "SELECT pg_create_physical_replication_slot('" + SLOT + "', true)");
        try (Connection backup = primary.getConnection();
                Statement statement = backup.createStatement()) {
            statement.execute("SELECT pg_backup_start('" + SLOT + "', true)");
            copy(data, copy);
            try (ResultSet label = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
                label.next();
                Files.writeString(copy.resolve("backup_label"), label.getString(1));
            }
        }
    }

    /** Copies while the server writes: what is torn or missing is in the log from the backup's start on. */
    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (!folder.equals(from)) {
                    Files.createDirectory(to.resolve(from.relativize(folder)));
                }
                return NOT_COPIED.contains(folder.getFileName().toString())
                                || COPIED_EMPTY.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!NOT_COPIED.contains(file.getFileName().toString())) {
                    try {
                        Files.copy(file, to.resolve(from.relativize(file)));
                    } catch (NoSuchFileException e) {
                        return FileVisitResult.CONTINUE; // of a table that was dropped meanwhile
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
    }

    private static void stop(EmbeddedPostgres replica, Path data) {
        try {
            replica.close(); // may be under way already, by its starter's own hook
            long start = System.nanoTime();
            while (Files.exists(data.resolve("postmaster.pid")) && System.nanoTime() - start < 30_000_000_000L) {
                Thread.onSpinWait();
            }
            Folders.delete(data);
        } catch (IOException e) {
            System.err.println("The replica in " + data + " was not removed: " + e); // loggers may have ended by now
        }
    }

    private static void execute(DataSource server, String sql) throws SQLException {
        try (Connection connection = server.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String first(DataSource server, String sql) throws SQLException {
        try (Connection connection = server.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
