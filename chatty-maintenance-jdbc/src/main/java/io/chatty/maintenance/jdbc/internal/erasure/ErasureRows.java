package io.chatty.maintenance.jdbc.internal.erasure;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.ErasureRequest;
import io.chatty.maintenance.jdbc.internal.archive.ArchivePlace;
import io.chatty.maintenance.jdbc.internal.archive.ArchiveRows;
import io.chatty.maintenance.jdbc.internal.archive.FiledMessages;
import io.chatty.maintenance.jdbc.internal.archive.Restoration;
import io.chatty.maintenance.jdbc.internal.archive.Twins;
import io.chatty.maintenance.jdbc.internal.cleanup.CapState;
import io.chatty.maintenance.jdbc.internal.cleanup.CleanupChecks;
import io.chatty.maintenance.jdbc.internal.cleanup.CleanupCursor;
import io.chatty.maintenance.jdbc.internal.cleanup.CleanupSettings;
import io.chatty.maintenance.jdbc.internal.cleanup.Conditions;
import io.chatty.maintenance.jdbc.internal.cleanup.Deletion;
import io.chatty.maintenance.jdbc.internal.cleanup.Judge;
import io.chatty.maintenance.jdbc.internal.cleanup.Removal;
import io.chatty.maintenance.jdbc.internal.cleanup.Step;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Migrations;
import io.chatty.maintenance.jdbc.internal.database.OwnRows;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.outbox.Outbox;
import io.chatty.maintenance.jdbc.internal.policy.AskedPolicies;
import io.chatty.maintenance.jdbc.internal.policy.Expiry;
import io.chatty.maintenance.jdbc.internal.presence.SeenOfUser;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import io.chatty.maintenance.jdbc.internal.table.TablesOfRun;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.TaskContext;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What is asked to be erased, and the batches that erase it. Thread-safe. */
public final class ErasureRows {

    private static final String TABLE = "chatty_maintenance_erasure";
    private static final int FILES_AT_ONCE = 100;
    private static final CleanupSettings NOTHING_ELSE = new CleanupSettings(
            RetentionPolicies.builder().build(),
            Optional.empty(),
            false,
            Duration.ZERO,
            1,
            Optional.empty(),
            false,
            Optional.empty(),
            1);

    private final Database database;
    private final ChatSchema schema;
    private final List<ArchivePlace> archives;
    private final boolean tellsMessages;
    private final Expiry expiry;
    private final TablesOfRun tables;

    /**
     * For that database and its schema.
     *
     * @param archives out of which it is taken, too
     * @param tellsMessages whether the keys of messages that went are kept for a listener
     */
    public ErasureRows(Database database, ChatSchema schema, List<ArchivePlace> archives, boolean tellsMessages) {
        this.database = database;
        this.schema = schema;
        this.archives = List.copyOf(archives);
        this.tellsMessages = tellsMessages;
        this.expiry = new Expiry(database, NOTHING_ELSE.policies(), new AskedPolicies());
        this.tables = new TablesOfRun(schema);
    }

    /** Stores what is asked. */
    public ErasureRequest ask(RetentionScope scope, String by, String why) {
        boolean user = scope instanceof RetentionScope.User
                && schema.messages().sender().isPresent();
        boolean room =
                scope instanceof RetentionScope.Room && schema.messages().room().isPresent();
        if (!user && !room) {
            throw new IllegalArgumentException("erasure of " + scope
                    + ": only a user's or a room's messages can be erased, where messages have sender(column) or"
                    + " room(column)");
        }
        return database.transaction(session -> {
            long number = OwnRows.insertNumbered(
                    session,
                    TABLE,
                    List.of("scope", "scope_id", "asked_by", "why"),
                    "asked_at",
                    List.of(user ? "user" : "room", id(scope), by, why));
            return list(session, Sql.of("seq = ?", number)).get(0);
        });
    }

    private static String id(RetentionScope scope) {
        return scope instanceof RetentionScope.User user ? user.id() : ((RetentionScope.Room) scope).id();
    }

    /** What is not wholly erased. */
    public List<ErasureRequest> pending() {
        return database.asBatch(session -> list(session, Sql.of("erased_at IS NULL ORDER BY seq")));
    }

    private static List<ErasureRequest> list(Session session, Sql which) {
        return session.list(
                Sql.of("SELECT seq, scope, scope_id, asked_by, why, asked_at, erased_at FROM " + TABLE + " WHERE ")
                        .add(which),
                row -> request(session.dialect(), row));
    }

    private static ErasureRequest request(Dialect dialect, ResultSet row) throws SQLException {
        String id = Objects.requireNonNull(row.getString(3));
        return new ErasureRequest(
                row.getLong(1),
                "user".equals(row.getString(2)) ? RetentionScope.user(id) : RetentionScope.room(id),
                Objects.requireNonNull(row.getString(4)),
                Objects.requireNonNull(row.getString(5)),
                Objects.requireNonNull(dialect.readInstant(row, 6)),
                Optional.ofNullable(dialect.readInstant(row, 7)));
    }

    /** What is wrong with the tables. */
    public List<String> problems() {
        return database.asBatch(session -> {
            List<String> problems = new ArrayList<>();
            HostTables.read(session.connection(), session.dialect(), schema, problems)
                    .ifPresent(found -> {
                        problems.addAll(new CleanupChecks(session, found, NOTHING_ELSE).problems());
                        archives.forEach(place -> problems.addAll(ArchiveRows.problems(found, session, place)));
                    });
            problems.addAll(SeenOfUser.problems(session));
            return problems;
        });
    }

    /**
     * Where a run stands.
     *
     * @param request the number of the request
     * @param archive which archive is looked at; -1 while messages are
     * @param skipped whether something of the request was left
     * @param position the key after which it goes on, or the number in the archive; empty at the begin
     */
    private record Position(long request, int archive, boolean skipped, List<String> position) {

        static Position of(Optional<Cursor> cursor) {
            return cursor.map(Position::parse).orElseGet(() -> new Position(0, -1, false, List.of()));
        }

        private static Position parse(Cursor cursor) {
            CleanupCursor words = CleanupCursor.parse(cursor);
            return new Position(words.due(), (int) words.of(), words.lockedRows(), words.position());
        }

        BatchResult next() {
            return BatchResult.next(
                    new CleanupCursor(1, skipped, "", "", position, request, archive, CapState.NONE).toCursor());
        }
    }

    /** Erases the next messages. */
    public BatchResult runBatch(TaskContext context) throws Exception {
        return database.inBatch(context, session -> {
            HostTables found = tables.of(session, context.runId());
            HoldRows.Known holds = isInFiles(Position.of(context.cursor()))
                    ? HoldRows.read(session) // it waits for a store before it locks anything
                    : HoldRows.join(session);
            return new Batch(found, session, context, holds, true).run();
        });
    }

    private boolean isInFiles(Position at) {
        return at.archive() >= 0
                && at.archive() < archives.size()
                && archives.get(at.archive()) instanceof ArchivePlace.InFiles;
    }

    /** Counts the next messages that would be erased. */
    public BatchResult previewBatch(TaskContext context) throws Exception {
        return database.inPreview(
                context,
                session -> Migrations.problems(session).isEmpty()
                        ? new Batch(
                                        tables.of(session, context.runId()),
                                        session,
                                        context,
                                        HoldRows.read(session),
                                        false)
                                .run()
                        : BatchResult.finished().with(Counts.none().plus("due.erased", 0)));
    }

    private final class Batch {

        private final HostTables tables;
        private final Session session;
        private final TaskContext context;
        private final boolean real;
        private final HoldRows.Known holds;
        private final Conditions conditions;
        private final MessageRows reading;

        private Batch(HostTables tables, Session session, TaskContext context, HoldRows.Known holds, boolean real) {
            this.tables = tables;
            this.session = session;
            this.context = context;
            this.real = real;
            this.holds = holds;
            this.conditions = new Conditions(tables, NOTHING_ELSE, expiry, context.now());
            this.reading = conditions.reading(List.of(), false);
        }

        private BatchResult run() {
            Position at = Position.of(context.cursor());
            Optional<ErasureRequest> request =
                    list(session, Sql.of("erased_at IS NULL AND seq >= ? ORDER BY seq LIMIT 1", at.request())).stream()
                            .findFirst();
            if (request.isEmpty()) {
                return BatchResult.finished().with(Counts.none().plus(real ? "deleted.erased" : "due.erased", 0));
            }
            if (request.get().id() != at.request()) {
                at = new Position(request.get().id(), -1, false, List.of());
            }
            return at.archive() < 0 ? messages(request.get(), at) : archived(request.get(), at);
        }

        private Sql ofScope(RetentionScope scope) {
            return scope instanceof RetentionScope.User user
                    ? conditions.sentBy(user.id())
                    : conditions.isIn(id(scope));
        }

        private BatchResult messages(ErasureRequest request, Position at) {
            Sql ofScope = ofScope(request.scope());
            Step step = new Step(
                    "erased",
                    Step.Kind.JUDGED,
                    tables.messages(),
                    Step.parts(tables, tables.key),
                    Optional.of(ofScope),
                    Sql.of("1 = 1"));
            Optional<Step.Read> read = step.read(session, at.position(), context.batchSize(), reading);
            List<MessageRow> rows = read.map(Step.Read::rows).orElse(List.of());
            List<Judge.Judgement> judgements = judge(request.scope(), rows);
            List<List<Object>> due = new ArrayList<>();
            Counts counts = Counts.none().plus("examined", rows.size());
            boolean skipped = at.skipped();
            if (at.position().isEmpty()) { // what the walk never meets
                long withoutKey = step.withoutKey()
                        .map(unnamed -> step.count(session, unnamed))
                        .orElse(0L);
                counts = withoutKey == 0 ? counts : counts.plus("skipped.withoutKey", withoutKey);
                skipped |= withoutKey > 0;
            }
            for (int i = 0; i < rows.size(); i++) {
                Optional<String> kept = judgements.get(i).kept();
                if (kept.isPresent()) {
                    counts = counts.plus("skipped." + kept.get(), 1);
                    skipped = true;
                } else {
                    due.add(rows.get(i).key());
                }
            }
            if (real) {
                Sql still = conditions.unlessKept(holds).add(" AND ").add(ofScope);
                Deletion.Gone gone = new Deletion(tables, session, reading, aside(), decision -> "erased")
                        .judged(
                                due.stream().distinct().toList(),
                                all -> judge(request.scope(), all),
                                "erased",
                                still,
                                Optional.empty());
                skipped |= gone.rows() < due.size();
                counts = counts.plus("deleted.erased", gone.rows()).plus(gone.others());
                if (gone.locked() > 0) {
                    counts = counts.plus("skipped.locked", gone.locked());
                }
            } else {
                counts = counts.plus("due.erased", due.size());
            }
            boolean more = rows.size() == context.batchSize();
            Position next = more
                    ? new Position(
                            request.id(), -1, skipped, read.map(Step.Read::end).orElse(List.of()))
                    : new Position(request.id(), 0, skipped, List.of());
            return next.next().with(counts);
        }

        private Removal.Aside aside() {
            return tellsMessages || Outbox.hasFiles(tables)
                    ? new Removal.Aside(
                            Optional.empty(), Optional.of(new Outbox(tables, session, context.runId(), tellsMessages)))
                    : Removal.Aside.NOTHING;
        }

        private List<Judge.Judgement> judge(RetentionScope scope, List<MessageRow> rows) {
            return rows.stream().map(row -> judge(scope, row)).toList();
        }

        private Judge.Judgement judge(RetentionScope scope, MessageRow row) {
            String of = scope instanceof RetentionScope.User
                    ? row.scopes().user()
                    : row.scopes().room();
            if (row.key().isEmpty()) {
                return Judge.Judgement.stays("withoutKey");
            }
            if (!id(scope).equals(of)) {
                return Judge.Judgement.notDue(Optional.empty());
            }
            if (row.never().isPresent()) {
                return Judge.Judgement.stays("never." + row.never().get());
            }
            return HoldRows.covering(tables, holds.holds(), row).findAny().isPresent()
                    ? Judge.Judgement.stays("held")
                    : Judge.Judgement.goes("erased");
        }

        /** What was archived before: held messages stay there, too. */
        private BatchResult archived(ErasureRequest request, Position at) {
            if (at.archive() >= archives.size()) {
                return done(request, at.skipped());
            }
            ArchivePlace place = archives.get(at.archive());
            Sql which = ArchiveRows.condition(tables, place)
                    .add(
                            request.scope() instanceof RetentionScope.User ? " AND a.sender = ?" : " AND a.room = ?",
                            id(request.scope()));
            if (real && place instanceof ArchivePlace.InFiles files) {
                return filed(request, at, files, which);
            }
            long after =
                    at.position().isEmpty() ? 0 : Long.parseLong(at.position().get(0));
            List<ArchiveRows.Archived> some = ArchiveRows.next(session, which, after, context.batchSize());
            List<ArchiveRows.Archived> free = ArchiveRows.free(session, tables, which, holds, some);
            boolean skipped = at.skipped() || free.size() < some.size();
            if (real && place instanceof ArchivePlace.InTables in) {
                Restoration restoration = new Restoration(tables, new Twins(tables, in.prefix()), session);
                tell(free);
                ArchiveRows.byRun(free).forEach(restoration::forget);
            }
            Counts counts = Counts.none()
                    .plus((real ? "deleted" : "due") + ".erased.archived", free.size())
                    .plus("skipped.held", some.size() - (long) free.size());
            boolean more = some.size() == context.batchSize();
            Position next = more
                    ? new Position(
                            request.id(),
                            at.archive(),
                            skipped,
                            List.of(Long.toString(some.get(some.size() - 1).seq())))
                    : new Position(request.id(), at.archive() + 1, skipped, List.of());
            return next.next().with(counts);
        }

        /** Looks at the next files, of all that there are, and rewrites one of them. */
        private BatchResult filed(ErasureRequest request, Position at, ArchivePlace.InFiles place, Sql which) {
            FiledErasure erasure = new FiledErasure(place, session);
            String file = at.position().isEmpty() ? "" : at.position().get(0);
            if (at.position().size() > 1) {
                erasure.delete(at.position().get(1)); // the batch before is committed
            }
            boolean skipped = at.skipped();
            for (int i = 0; i < FILES_AT_ONCE; i++) {
                Optional<String> next = FiledMessages.nextFile(session, ArchiveRows.condition(tables, place), file);
                if (next.isEmpty()) {
                    return new Position(request.id(), at.archive() + 1, skipped, List.of()).next();
                }
                file = next.get();
                List<ArchiveRows.Archived> some =
                        ArchiveRows.next(session, FiledMessages.inFile(which, file), 0, Integer.MAX_VALUE);
                List<ArchiveRows.Archived> free = ArchiveRows.free(session, tables, which, holds, some);
                skipped |= free.size() < some.size();
                if (!free.isEmpty() || erasure.holdsMore(file, tables)) {
                    boolean all = erasure.erase(file, free, () -> {
                        lockOutHolds();
                        tell(free);
                    });
                    return new Position(request.id(), at.archive(), skipped || !all, List.of(file, file))
                            .next()
                            .with(Counts.none()
                                    .plus("deleted.erased.archived", free.size())
                                    .plus("skipped.held", some.size() - (long) free.size()));
                }
                if (!some.isEmpty()) {
                    return new Position(request.id(), at.archive(), skipped, List.of(file))
                            .next()
                            .with(Counts.none().plus("skipped.held", some.size()));
                }
            }
            return new Position(request.id(), at.archive(), skipped, List.of(file)).next();
        }

        /** Of what is about to leave an archive, and went into it without a word. */
        private void tell(List<ArchiveRows.Archived> gone) {
            List<ArchiveRows.Archived> untold =
                    gone.stream().filter(each -> !each.told()).toList();
            if (tellsMessages && !untold.isEmpty()) {
                Outbox.tell(
                        tables,
                        session,
                        context.runId(),
                        ArchiveRows.locked(session, Sql.of("1 = 1"), untold).stream() // restored meanwhile it is not
                                .map(each -> new Outbox.Gone(each.key(), each.room()))
                                .toList());
            }
        }

        private void lockOutHolds() {
            session.dialect().joinBatches(session);
            HoldRows.refuseNewer(session, holds);
        }

        /** The request's last batch, with what no message has. */
        private BatchResult done(ErasureRequest request, boolean skipped) {
            Counts seen = request.scope() instanceof RetentionScope.User user ? seen(user.id()) : Counts.none();
            boolean left = skipped || seen.get("skipped.held") > 0;
            if (real && !left) {
                Sql update = Sql.of(
                        "UPDATE " + TABLE + " SET erased_at = "
                                + session.dialect().now() + " WHERE seq = ?",
                        request.id());
                session.change(session.dialect().timed(update));
            }
            return new Position(request.id() + 1, -1, false, List.of())
                    .next()
                    .with(seen.plus("requests", 1).plus("requests.left", left ? 1 : 0));
        }

        /** When the user was last seen: of no room and no time, so that only a hold on the user, or on everything, covers it. */
        private Counts seen(String user) {
            SeenOfUser seen = new SeenOfUser(session, user);
            if (!seen.isThere()) {
                return Counts.none();
            }
            if (holds.holds().stream()
                    .anyMatch(hold -> hold.everything() || hold.user().equals(Optional.of(user)))) {
                return Counts.none().plus("skipped.held", 1);
            }
            if (real) {
                HoldRows.refuseNewer(session, holds);
                seen.delete();
            }
            return Counts.none().plus((real ? "deleted" : "due") + ".erased.lastSeen", 1);
        }
    }
}
