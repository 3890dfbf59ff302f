package io.chatty.maintenance.jdbc.internal.unused;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.internal.cleanup.Deletion;
import io.chatty.maintenance.jdbc.internal.cleanup.ShareLimit;
import io.chatty.maintenance.jdbc.internal.cleanup.Step;
import io.chatty.maintenance.jdbc.internal.cleanup.Unreferenced;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.Migrations;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.SettingsException;
import io.chatty.maintenance.task.TaskContext;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The batches of the removal of rooms, or users, that nothing refers to. First all are counted for the share limit, then
 * removed. Thread-safe, and without memory of a run but what may be looked up anew: all of that is in the cursor.
 */
public final class UnusedRemoval {

    /** Smaller tables know no share limit. */
    private static final int SMALL = 100;

    private static final String UNUSED = "unused";

    private final Database database;
    private final ChatSchema schema;
    private final String task;
    private final UnusedSettings settings;
    private volatile UnusedReader.@Nullable Found found;

    /**
     * For that database and its schema.
     *
     * @param task the task's name
     */
    public UnusedRemoval(Database database, ChatSchema schema, String task, UnusedSettings settings) {
        this.database = database;
        this.schema = schema;
        this.task = task;
        this.settings = settings;
    }

    /** Looks the tables, the foreign keys and the rights up. */
    public List<String> problems() {
        return database.asBatch(this::look);
    }

    private List<String> look(Session session) throws SQLException {
        List<String> problems = new ArrayList<>();
        found = new UnusedReader(session, schema, settings, problems).read().orElse(null);
        return problems;
    }

    /** As each run finds them: a foreign key that came since is not to be overlooked. */
    private UnusedReader.Found found(Session session, TaskContext context) throws SQLException {
        UnusedReader.Found known = found;
        if (known == null || context.cursor().isEmpty()) {
            refuse(look(session));
            known = Objects.requireNonNull(found, "no problem, and nothing found");
        }
        return known;
    }

    private static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
    }

    /** Removes what is due among the next rows, or counts it. */
    public BatchResult runBatch(TaskContext context) throws Exception {
        return database.inBatch(context, session -> {
            refuse(Migrations.problems(session));
            UnusedReader.Found tables = found(session, context);
            Batch batch = new Batch(session, context, tables, HoldRows.join(session));
            return batch.place.counts() ? batch.counted(true) : batch.removed();
        });
    }

    /** Counts what is due among the next rows. */
    public BatchResult previewBatch(TaskContext context) throws Exception {
        if (found == null || context.cursor().isEmpty()) {
            refuse(problems()); // before, since rights are tried by statements that a preview may not send
        }
        UnusedReader.Found tables = found;
        return database.inPreview(
                context,
                session -> new Batch(
                                session,
                                context,
                                tables == null ? found(session, context) : tables,
                                HoldRows.readIfThere(session))
                        .previewed());
    }

    /**
     * Where a run is.
     *
     * @param counts whether it only counts yet
     * @param due how many were counted
     * @param of how many there are
     * @param after the key that was looked at last; empty for none
     */
    private record Place(boolean counts, long due, long of, List<String> after) {

        static final Place REMOVING = new Place(false, 0, 0, List.of());

        static Place parse(Cursor cursor) {
            String[] parts = cursor.text().split(" ", 5);
            return new Place(
                    parts[0].equals("count"),
                    Long.parseLong(parts[1]),
                    Long.parseLong(parts[2]),
                    parts[3].equals("after") ? List.of(parts[4]) : List.of());
        }

        Cursor toCursor() {
            return new Cursor((counts ? "count " : "remove ") + due + " " + of
                    + (after.isEmpty() ? " begin " : " after " + after.get(0)));
        }

        Place at(List<String> position, long more) {
            return new Place(counts, due + more, of, position);
        }
    }

    private final class Batch {

        private final Session session;
        private final HostTables tables;
        private final Unreferenced rows;
        private final HoldRows.Known holds;
        private final Instant now;
        private final int size;
        private final Step step;
        private final Place place;

        Batch(Session session, TaskContext context, UnusedReader.Found found, HoldRows.Known holds) {
            this.session = session;
            this.tables = found.tables();
            this.rows = found.rows();
            this.holds = holds;
            this.now = context.now();
            this.size = context.batchSize();
            Sql due = rows.due(tables, now.minus(settings.grace())).add(" AND ").add(unlessHeld());
            this.step = new Step(
                    UNUSED,
                    Step.Kind.ROWS,
                    tables.table(rows.key()),
                    Step.parts(tables, List.of(rows.key())),
                    Optional.empty(),
                    due);
            this.place = context.cursor().map(Place::parse).orElseGet(this::begin);
        }

        /** A hold that names it keeps it, even where it has no message yet. */
        private Sql unlessHeld() {
            List<Object> held = new ArrayList<>();
            for (LegalHold hold : holds.holds()) {
                if (hold.everything()) {
                    return Sql.of("1 = 0");
                }
                (settings.rooms() ? hold.room() : hold.user())
                        .flatMap(rows.key()::value)
                        .ifPresent(held::add);
            }
            return held.isEmpty()
                    ? Sql.of("1 = 1")
                    : Sql.of("NOT (")
                            .add(session.dialect().isOneOf(tables.column("m", rows.key()), rows.key(), held))
                            .add(")");
        }

        private Place begin() {
            long of = session.count(Sql.of("SELECT COUNT(*) FROM " + tables.table(rows.key())));
            return settings.shareLimit() >= 1 || of < SMALL ? Place.REMOVING : new Place(true, 0, of, List.of());
        }

        private Sql condition(Step.Stretch stretch) {
            return Sql.of("")
                    .add(step.range(session, place.after(), stretch.end()))
                    .add(" AND (")
                    .add(step.due())
                    .add(")");
        }

        private static List<String> end(Step.Stretch stretch, int limit) {
            return stretch.rows() < limit ? List.of() : stretch.end();
        }

        /** @param recorded whether our own tables are there to tell what went before */
        BatchResult counted(boolean recorded) {
            Optional<Step.Stretch> stretch = step.next(session, place.after(), size);
            long more =
                    stretch.map(next -> step.count(session, condition(next))).orElse(0L);
            List<String> end = stretch.map(next -> end(next, size)).orElse(List.of());
            Place behind = place.at(end, more);
            boolean over = ShareLimit.isPassed(settings.shareLimit(), behind.due(), behind.of());
            if (!end.isEmpty() && !over) {
                return BatchResult.next(behind.toCursor());
            }
            long recent = recorded ? ShareLimit.recentlyRemoved(session, task, now, List.of("deleted." + UNUSED)) : 0;
            Counts counts = Counts.none().plus("due." + UNUSED, behind.due());
            Cursor removing = Place.REMOVING.toCursor();
            return behind.due() > 0 && ShareLimit.isPassed(settings.shareLimit(), behind.due() + recent, behind.of())
                    ? BatchResult.awaitConfirmation(
                                    removing,
                                    "would remove more than its share of table "
                                            + rows.key().table() + ": of " + behind.of() + " rows nothing refers to "
                                            + behind.due() + " as far as was counted, as of " + now + "; " + recent
                                            + " more went in the last 7 days")
                            .with(counts)
                    : BatchResult.next(removing).with(counts);
        }

        BatchResult removed() {
            return step.next(session, place.after(), size)
                    .map(stretch -> {
                        Sql going = condition(stretch).add(" AND ").add(HoldRows.noneSince(holds));
                        Deletion.Gone gone = rows.remove(session, tables, step, going, List.of(), Optional.empty());
                        HoldRows.refuseNewer(session, holds);
                        Counts counts =
                                Counts.none().plus("examined", stretch.rows()).plus("deleted." + UNUSED, gone.rows());
                        return next(stretch, gone.locked() > 0 ? counts.plus("skipped.locked", gone.locked()) : counts);
                    })
                    .orElseGet(this::nothing);
        }

        BatchResult previewed() {
            if (place.counts()) { // as a run does, to tell whether it would wait
                return counted(Migrations.problems(session).isEmpty()).with(Counts.none());
            }
            return step.next(session, place.after(), size)
                    .map(stretch -> next(
                            stretch,
                            Counts.none()
                                    .plus("examined", stretch.rows())
                                    .plus("due." + UNUSED, step.count(session, condition(stretch)))))
                    .orElseGet(this::nothing);
        }

        private BatchResult nothing() {
            return BatchResult.finished().with(Counts.none().plus("examined", 0));
        }

        private BatchResult next(Step.Stretch stretch, Counts counts) {
            List<String> end = end(stretch, size);
            return end.isEmpty()
                    ? BatchResult.finished().with(counts)
                    : BatchResult.next(Place.REMOVING.at(end, 0).toCursor()).with(counts);
        }
    }
}
