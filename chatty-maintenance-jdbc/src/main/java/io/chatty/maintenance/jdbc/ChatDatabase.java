package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileStore;
import io.chatty.maintenance.jdbc.internal.archive.ArchiveFolder;
import io.chatty.maintenance.jdbc.internal.archive.ArchivePlace;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.file.JdbcFileLedger;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.presence.JdbcLastSeenStore;
import io.chatty.maintenance.jdbc.internal.run.JdbcRunStore;
import io.chatty.maintenance.presence.LastSeenStore;
import io.chatty.maintenance.retention.RemovalListener;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.run.RunStore;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * The host's database, and what the library does in it. Thread-safe. PostgreSQL from 12, MariaDB from 10.6, H2 from 2.2.
 *
 * <p>Nothing is connected before it is needed. A connection is borrowed for each batch, used at READ COMMITTED, and given
 * back with its auto-commit, isolation and read-only as they were. Two are held at once at most, one of them by a
 * batch; more only if {@linkplain #of(DataSource, ChatSchema, int) asked for}. Who waits for one for 30 seconds is told so
 * by a {@link io.chatty.maintenance.task.MaintenanceException}.
 *
 * <p>A task that is made here and run with the {@linkplain #runStore() run store} that is made here does its batch and
 * writes its record in one transaction.
 */
public final class ChatDatabase {

    private final Database database;
    private final ChatSchema schema;
    private final JdbcRunStore runStore;

    private ChatDatabase(DataSource dataSource, ChatSchema schema, int connections) {
        this.database = new Database(dataSource, connections);
        this.schema = schema;
        this.runStore = new JdbcRunStore(database, task -> task instanceof OwnTask ours && ours.worksOn(database));
    }

    /** The database behind that data source, with the host's tables as the schema describes them. */
    public static ChatDatabase of(DataSource dataSource, ChatSchema schema) {
        return of(dataSource, schema, Database.CONNECTIONS);
    }

    /**
     * As {@link #of(DataSource, ChatSchema)}, for batches of several tasks at once.
     *
     * @param connections how many of the host's connections are held at once at most, 2 to 100. One of them is left for what
     *     waits for no lock of the host's, so that claims are renewed whatever batches do: there is one batch less at once.
     *     Default: 2
     * @throws IllegalArgumentException if there are fewer or more
     */
    public static ChatDatabase of(DataSource dataSource, ChatSchema schema, int connections) {
        if (connections < 2 || connections > 100) {
            throw new IllegalArgumentException("connections: " + connections + " given, 2 to 100 allowed");
        }
        return new ChatDatabase(
                Objects.requireNonNull(dataSource, "dataSource"),
                Objects.requireNonNull(schema, "schema"),
                connections);
    }

    /**
     * Makes the library's own tables (named {@code chatty_maintenance_…}, in the connection's own schema) or brings them up
     * to date. Needs the right to create tables, which running does not. Safe when several nodes call it at once.
     *
     * @throws io.chatty.maintenance.task.MaintenanceException if it failed
     */
    public void migrate() {
        runStore.migrate();
    }

    /** The run store in this database. */
    public RunStore runStore() {
        return runStore;
    }

    /** Signals of this database by which the engine slows down or stops. */
    public DatabaseSignals signals() {
        return new DatabaseSignals(database);
    }

    /** The legal holds in this database. */
    public LegalHolds holds() {
        return new LegalHolds(schema, new HoldRows(database));
    }

    /** An archive in tables that are called {@code archived_} and the name of the host's. */
    public Archive archive() {
        return archive("archived_");
    }

    /**
     * An archive in tables that are called by that prefix and the name of the host's.
     *
     * @throws IllegalArgumentException if the prefix is blank
     */
    public Archive archive(String prefix) {
        return new Archive(database, schema, new ArchivePlace.InTables(ChatSchema.name("archive", prefix)));
    }

    /**
     * An archive in files of a store, in the folder {@code chatty-archive}.
     *
     * @see #archive(FileStore, String)
     */
    public Archive archive(FileStore store) {
        return archive(store, "chatty-archive");
    }

    /**
     * An archive in files: JSON lines, compressed with Zstandard, each file with a manifest of counts and SHA-256. It takes
     * {@code com.github.luben:zstd-jni} and {@code com.fasterxml.jackson.core:jackson-core} on the class path, and messages with
     * a unique key.
     *
     * <p>Files stand in folders of their own for each database, by the id that {@link #migrate} gave it. A copy of a database has
     * the same id: give it another store or folder, or it takes the other's newer files for left over.
     *
     * @param store where they are; its methods may be slow, nothing is locked while they run
     * @param folder the beginning of their names; two stores of one database need two
     * @throws IllegalArgumentException if the folder is no name of a file, or longer than 200 letters
     */
    public Archive archive(FileStore store, String folder) {
        return new Archive(database, schema, new ArchivePlace.InFiles(new ArchiveFolder(store, folder)));
    }

    /**
     * A task, called {@code removal-delivery}, that tells a listener which messages have gone, of cleanups that were asked to
     * {@linkplain MessageCleanup.Builder#tellDeleted keep their keys} for it, and with an erasure that
     * {@linkplain Erasure#tellDeleted does}.
     */
    public RemovalDelivery removalDelivery(RemovalListener listener) {
        return new RemovalDelivery(database, schema, Objects.requireNonNull(listener, "listener"));
    }

    /**
     * A task that erases what it is asked to: messages, and of a user what {@link #lastSeen()} keeps, but nothing in the host's
     * table of users.
     *
     * @param archives out of which it is to be taken, too; each that there is should be named
     */
    public Erasure erasure(Archive... archives) {
        for (Archive archive : archives) {
            if (!archive.isIn(database)) {
                throw new IllegalArgumentException("erasure: " + archive + " given, which is another ChatDatabase's");
            }
        }
        return Erasure.of(database, schema, archives);
    }

    /**
     * A policy whose rules stand in a table of the host's own, such as a column {@code retention_days} of the rooms:
     * {@code policyTable("rooms", t -> t.room("id").keepDays("retention_days"))}.
     *
     * @throws IllegalArgumentException if the description lacks something or contradicts itself
     */
    public PolicyTable policyTable(String table, Consumer<PolicyTable.Builder> description) {
        PolicyTable.Builder builder = new PolicyTable.Builder(database, schema, ChatSchema.name("policyTable", table));
        description.accept(builder);
        return builder.build();
    }

    /** Starts to describe a cleanup of the messages. */
    public MessageCleanup.Builder messageCleanup(RetentionPolicies policies) {
        return new MessageCleanup.Builder(database, schema, Objects.requireNonNull(policies, "policies"));
    }

    /**
     * Starts to describe a task that drops whole partitions of the message table when all their rows are due by what a cleanup
     * was set to.
     *
     * @throws IllegalArgumentException if it is another ChatDatabase's, or puts what it removes into an archive: what is
     *     restored from there needs its partition
     */
    public PartitionDrop.Builder partitionDrop(MessageCleanup cleanup) {
        if (!cleanup.worksOn(database)) {
            throw new IllegalArgumentException("partitionDrop: " + cleanup + " given, which is another ChatDatabase's");
        }
        if (cleanup.archive().isPresent()) {
            throw new IllegalArgumentException("partitionDrop: " + cleanup + " given, whose "
                    + cleanup.archive().get() + " could not restore into partitions that are gone; leave one of the two"
                    + " away");
        }
        return new PartitionDrop.Builder(database, schema, cleanup);
    }

    /**
     * Starts to describe a task that removes rooms to which nothing refers any more.
     *
     * @param createdAt the column of rooms that tells when one was made
     * @param kind how it tells the time
     * @param grace how old a room has to be at least
     * @throws IllegalArgumentException if the schema does not describe rooms, the column is blank, or the grace is zero, negative
     *     or over 10,000 years
     */
    public UnusedRows.Builder unusedRooms(String createdAt, TimeKind kind, Duration grace) {
        return new UnusedRows.Builder(database, schema, true, new ChatSchema.Time(createdAt, kind), grace);
    }

    /**
     * Starts to describe a task that removes users to which nothing refers any more.
     *
     * @param createdAt the column of users that tells when one was made
     * @param kind how it tells the time
     * @param grace how old a user has to be at least
     * @throws IllegalArgumentException if the schema does not describe users, the column is blank, or the grace is zero, negative
     *     or over 10,000 years
     */
    public UnusedRows.Builder unusedUsers(String createdAt, TimeKind kind, Duration grace) {
        return new UnusedRows.Builder(database, schema, false, new ChatSchema.Time(createdAt, kind), grace);
    }

    /** Starts to describe the care for the tables of messages and their children, for after a purge. */
    public TableCare.Builder tableCare() {
        return new TableCare.Builder(database, schema);
    }

    /**
     * References to files in the host's tables, for a sweep of files:
     * {@code fileReferences("chat", r -> r.column("users", "avatar", c -> c.prefix("avatars/").suffix(".png")))}. The columns that
     * the schema calls files count without being named.
     *
     * @param name what it is called in reports and records, another for each source; the same over restarts
     * @throws IllegalArgumentException if the name is not allowed, or the description contradicts itself
     */
    public DatabaseReferences fileReferences(String name, Consumer<DatabaseReferences.Builder> description) {
        DatabaseReferences.Builder builder = new DatabaseReferences.Builder(database, schema, name);
        description.accept(builder);
        return builder.build();
    }

    /**
     * What a table of the host's says of its files, for limits on them: {@code fileUsage("attachments", t ->
     * t.name("path").size("bytes").createdAt("created_at").user("owner").allEvictable().deletesRows().references(references))}.
     *
     * @throws IllegalArgumentException if the description lacks something or contradicts itself
     */
    public DatabaseUsage fileUsage(String table, Consumer<DatabaseUsage.Builder> description) {
        DatabaseUsage.Builder builder = new DatabaseUsage.Builder(database, schema, table);
        description.accept(builder);
        return builder.build();
    }

    /** What sweeps of files remember, in this database. */
    public FileLedger fileLedger() {
        return new JdbcFileLedger(database);
    }

    /**
     * When users were last seen, kept in the library's own table {@code chatty_maintenance_last_seen}. A row stays until
     * the user is {@linkplain Erasure erased}, or the host deletes it.
     *
     * @see #lastSeen(String, Consumer)
     */
    public LastSeenStore lastSeen() {
        return new JdbcLastSeenStore(database, schema, Optional.empty());
    }

    /**
     * When users were last seen, kept in a table of the host's own: {@code lastSeen("users", t ->
     * t.user("id").seenAt("last_seen_at", TimeKind.zoned()).online("is_online"))}. No row is ever inserted or deleted there: who has
     * none is left out. Nor is a user whose name is no key of that column, or differs from one in a letter, whatever the column's
     * collation. Which node has whom stands in {@code chatty_maintenance_online}.
     *
     * <p>Each write locks the users' rows for some milliseconds. Who finds them locked by the host waits, and throws in the end, with
     * nothing written, after ten tries of a second.
     *
     * @throws IllegalArgumentException if the description lacks something or contradicts itself
     */
    public LastSeenStore lastSeen(String table, Consumer<LastSeenTable.Builder> description) {
        LastSeenTable.Builder builder = new LastSeenTable.Builder(ChatSchema.name("lastSeen", table));
        description.accept(builder);
        return new JdbcLastSeenStore(
                database, schema, Optional.of(builder.build().settings()));
    }

    /**
     * For a transaction of the host's that refers to a file anew which may have had no reference for a while, such as one that is
     * forwarded: no sweep deletes it before a time, once the transaction is committed. It may have been set aside by then, and
     * comes back when a sweep sees the reference. A sweep that is about to delete it is waited for, as by any statement that finds
     * a row locked.
     *
     * <p>Without this call a file that is referenced anew is kept, too, but for one whose deletion begins in the very moment after
     * the references were looked at last.
     *
     * @param connection the host's, in its transaction, of the same database; nothing of it is changed
     * @param sweep the name of the sweep
     * @param name the file's name
     * @param until up to when it is not deleted, whatever refers to it
     * @return false if a sweep is deleting it already: then write it anew under another name. If true, a file that is there
     *     now, in the store or set aside, is there to stay
     * @throws io.chatty.maintenance.task.MaintenanceException if it failed; nothing is known of the file then
     */
    public boolean retainFile(Connection connection, String sweep, String name, Instant until) {
        FileNames.check(name);
        return database.within(connection, session -> JdbcFileLedger.retain(session, sweep, name, until));
    }
}
