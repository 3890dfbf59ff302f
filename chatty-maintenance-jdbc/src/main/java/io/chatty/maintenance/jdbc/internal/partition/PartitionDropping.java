package io.chatty.maintenance.jdbc.internal.partition;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.PartitionDrop;
import io.chatty.maintenance.jdbc.internal.cleanup.CleanupSettings;
import io.chatty.maintenance.jdbc.internal.cleanup.ShareLimit;
import io.chatty.maintenance.jdbc.internal.database.ChangedMeanwhile;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.DatabaseException;
import io.chatty.maintenance.jdbc.internal.database.Migrations;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.partition.PartitionLook.Found;
import io.chatty.maintenance.jdbc.internal.partition.ServerPartitions.Left;
import io.chatty.maintenance.jdbc.internal.partition.ServerPartitions.Part;
import io.chatty.maintenance.jdbc.internal.policy.AskedPolicies;
import io.chatty.maintenance.jdbc.internal.policy.Expiry;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.TablesOfRun;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.SettingsException;
import io.chatty.maintenance.task.TaskContext;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batches of the dropping of partitions: one looks at one. First all are counted for the share limit, then dropped.
 * Thread-safe, and without memory of a run but what may be looked up anew: all of that is in the cursor.
 */
public final class PartitionDropping {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionDrop.class);

    /** An empty partition that ended less than this ago may still get what arrives late. */
    private static final Duration SETTLED = Duration.ofDays(1);

    private final Database database;
    private final ChatSchema schema;
    private final String task;
    private final String cleanup;
    private final CleanupSettings settings;
    private final Duration limit;
    private final Expiry expiry;
    private final TablesOfRun tables;

    /**
     * For that database and its schema.
     *
     * @param task the task's name
     * @param cleanup the name of the cleanup whose settings these are
     * @param limit how long a partition may be looked at while it is locked
     */
    public PartitionDropping(
            Database database,
            ChatSchema schema,
            String task,
            String cleanup,
            CleanupSettings settings,
            Duration limit) {
        this.database = database;
        this.schema = schema;
        this.task = task;
        this.cleanup = cleanup;
        this.settings = settings;
        this.limit = limit;
        this.expiry = new Expiry(database, settings.policies(), new AskedPolicies());
        this.tables = new TablesOfRun(schema);
    }

    /** Whether what a batch drops comes back when its transaction is undone. */
    public boolean isUndone() {
        return ServerPartitions.of(database.dialect())
                .map(ServerPartitions::isUndone)
                .orElse(false);
    }

    /** Looks the table and the rights on it up; for a schema that was found to be right. */
    public List<String> problems() {
        return database.asBatch(session -> problems(session, HostTables.of(session, schema)));
    }

    private static List<String> problems(Session session, HostTables tables) {
        ServerPartitions server = ServerPartitions.of(session.dialect()).orElse(null);
        if (server == null) {
            return List.of("partitions: " + session.dialect().name() + " has none; leave the task out");
        }
        if (tables.sentAt.size() > 1) {
            return List.of("partitions: a partition is known by one time of sending; messages have orElseSentAt, too");
        }
        return server.problems(session, tables);
    }

    /** What a batch works with. */
    private record Work(
            Session session, HostTables tables, ServerPartitions server, PartitionLook look, Instant until) {}

    /** Drops the next partition, or counts it. */
    public BatchResult runBatch(TaskContext context) throws Exception {
        if (isUndone()) {
            return database.inBatch(context, session -> {
                refuseWithout(Migrations.problems(session));
                return run(session, context);
            });
        }
        refuseWithout(database.asBatch(Migrations::problems));
        return database.inLoneBatch(context, session -> run(session, context));
    }

    /** Without our own tables no hold could be honoured. */
    private static void refuseWithout(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
    }

    private BatchResult run(Session session, TaskContext context) throws SQLException {
        ServerPartitions server = ServerPartitions.of(session.dialect()).orElse(null);
        Runnable putBack = server == null ? () -> {} : server.begin(session);
        try {
            Optional<Work> work = work(session, context);
            if (work.isEmpty()) {
                return BatchResult.finished().with(Counts.none().plus("examined", 0));
            }
            Place place = context.cursor().map(Place::parse).orElseGet(() -> begin(session, work.get()));
            return place.counts() ? counted(work.get(), place, context, true) : dropped(work.get(), place);
        } finally {
            if (session.isUsable()) {
                putBack.run();
            }
        }
    }

    /** Empty if nothing can be due, whatever there is. */
    private Optional<Work> work(Session session, TaskContext context) throws SQLException {
        HostTables found = tables.of(session, context.runId());
        refuseWithout(problems(session, found));
        Instant ended = context.now().minus(SETTLED);
        return expiry.youngest(context.now())
                .map(until -> until.isBefore(ended) ? until : ended)
                .map(until -> new Work(
                        session,
                        found,
                        ServerPartitions.of(session.dialect()).orElseThrow(),
                        new PartitionLook(found, session, settings, expiry, context.now()),
                        until));
    }

    private Place begin(Session session, Work work) {
        long of = new ShareLimit(work.tables(), session, settings).limitedTable();
        return of == 0 ? Place.DROPPING : new Place(true, 0, of, "");
    }

    /**
     * Where a run is.
     *
     * @param counts whether it only counts yet
     * @param due how many messages were counted
     * @param of how many there are
     * @param after the name of the partition that was looked at last
     */
    private record Place(boolean counts, long due, long of, String after) {

        static final Place DROPPING = new Place(false, 0, 0, "");

        static Place parse(Cursor cursor) {
            String[] parts = cursor.text().split(" ", 4);
            return new Place(parts[0].equals("count"), Long.parseLong(parts[1]), Long.parseLong(parts[2]), parts[3]);
        }

        Cursor toCursor() {
            return new Cursor((counts ? "count " : "drop ") + due + " " + of + " " + after);
        }

        Optional<Part> next(List<Part> parts) {
            return parts.stream()
                    .filter(part -> part.name().compareTo(after) > 0)
                    .min((one, other) -> one.name().compareTo(other.name()));
        }

        Place behind(Part part, long more) {
            return new Place(counts, due + more, of, part.name());
        }
    }

    private static List<Part> parts(Work work) {
        return work.server().before(work.session(), work.tables(), work.until());
    }

    /** @param recorded whether our own tables are there to tell of holds, and what went before */
    private BatchResult counted(Work work, Place place, TaskContext context, boolean recorded) {
        Optional<Part> part = place.next(parts(work));
        Place behind = place;
        if (part.isPresent()) {
            HoldRows.Known holds = recorded ? HoldRows.read(work.session()) : HoldRows.NONE;
            behind = place.behind(part.get(), rows(work, part.get(), holds));
        }
        ShareLimit share = new ShareLimit(work.tables(), work.session(), settings);
        boolean over = share.isPassed(behind.due(), 0, behind.of());
        if (part.isPresent() && !over) {
            return BatchResult.next(behind.toCursor());
        }
        long recent = recorded ? share.recentlyRemoved(context.now(), List.of(task, cleanup)) : 0;
        Counts counts = Counts.none().plus("due.expired", behind.due());
        Cursor dropping = Place.DROPPING.toCursor();
        return behind.due() > 0 && share.isPassed(behind.due(), recent, behind.of())
                ? BatchResult.awaitConfirmation(
                                dropping, share.reason(behind.due(), recent, behind.of(), context.now()))
                        .with(counts)
                : BatchResult.next(dropping).with(counts);
    }

    private static long rows(Work work, Part part, HoldRows.Known holds) {
        try {
            return work.look().at(work.server(), part, holds).rows();
        } catch (Left e) {
            return 0;
        }
    }

    private BatchResult dropped(Work work, Place place) {
        List<Part> parts = parts(work);
        Part part = place.next(parts).orElse(null);
        if (part == null) {
            return BatchResult.finished().with(Counts.none().plus("examined", 0));
        }
        Counts counts = Counts.none().plus("examined", 1);
        try {
            Found found = drop(work, part);
            LOG.info(
                    "Dropped partition {} of {}: {}", part.name(), work.tables().messages(), found);
            counts = counts.plus("partitions.dropped", 1)
                    .plus("deleted.expired", found.rows() - found.softDeleted())
                    .plus("deleted.softDeleted", found.softDeleted());
        } catch (Left e) {
            LOG.info("Partition {} of {} stays: {}", part.name(), work.tables().messages(), e.getMessage());
            counts = counts.plus("skipped." + e.reason(), 1);
        }
        return BatchResult.next(place.behind(part, 0).toCursor()).with(counts);
    }

    private Found drop(Work work, Part part) {
        Session session = work.session();
        work.look().at(work.server(), part, HoldRows.read(session)); // most that stay are seen without any lock
        try {
            if (work.server().isUndone()) {
                session.dialect().joinBatches(session);
            }
            return work.server().drop(session, work.tables(), part, work.until(), limit, () -> {
                HoldRows.Known holds = HoldRows.read(session);
                Found found = work.look().counted(work.server(), part, holds);
                refuseNewHolds(session, holds);
                return found;
            });
        } catch (Left e) {
            throw e;
        } catch (RuntimeException e) {
            Optional<Left> left = session.isCancelled()
                    ? Optional.empty()
                    : DatabaseException.sqlCause(e).flatMap(PartitionDropping::left);
            throw left.isPresent() ? left.get() : e;
        }
    }

    private static void refuseNewHolds(Session session, HoldRows.Known holds) {
        try {
            HoldRows.refuseNewer(session, holds);
        } catch (ChangedMeanwhile e) {
            throw new Left("held", "a hold was placed meanwhile");
        }
    }

    /** What the database refuses for a reason that may pass, or that is the host's to know. */
    private static Optional<Left> left(SQLException said) {
        String because = "the database said: " + said.getMessage();
        String code = said.getSQLState() + "/" + said.getErrorCode();
        return switch (code) {
            case "55P03/0" -> Optional.of(new Left("locked", because));
            case "57014/0" -> Optional.of(new Left("timeLimit", because));
            case "2BP01/0" -> Optional.of(new Left("dependedOn", because));
            case "23503/0" -> Optional.of(new Left("referredTo", because));
            case "42P01/0" -> Optional.of(new Left("changed", because));
            default ->
                switch (said.getErrorCode()) {
                    case 1205 -> Optional.of(new Left("locked", because));
                    case 1969 -> Optional.of(new Left("timeLimit", because));
                    case 1142, 1044 -> Optional.of(new Left("rights", because));
                    default -> Optional.empty();
                };
        };
    }

    /** Says what would go with the next partition. */
    public BatchResult previewBatch(TaskContext context) throws Exception {
        return database.inPreview(context, session -> {
            Work work = work(session, context).orElse(null);
            if (work == null) {
                return BatchResult.finished().with(Counts.none().plus("examined", 0));
            }
            Place place = context.cursor().map(Place::parse).orElseGet(() -> begin(session, work));
            if (place.counts()) { // as a run does, to tell whether it would wait
                return counted(
                                work,
                                place,
                                context,
                                Migrations.problems(session).isEmpty())
                        .with(Counts.none());
            }
            Part part = place.next(parts(work)).orElse(null);
            if (part == null) {
                return BatchResult.finished().with(Counts.none().plus("examined", 0));
            }
            Counts counts = Counts.none().plus("examined", 1);
            try {
                Found found = work.look().at(work.server(), part, HoldRows.readIfThere(session));
                counts = counts.plus("due.partitions", 1)
                        .plus("due.expired", found.rows() - found.softDeleted())
                        .plus("due.softDeleted", found.softDeleted())
                        .plus("due.partitions." + Expiry.named(part.name()), found.rows());
            } catch (Left e) {
                counts = counts.plus("skipped." + e.reason(), 1);
            }
            return BatchResult.next(place.behind(part, 0).toCursor()).with(counts);
        });
    }
}
