package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.retention.RetentionScope.Level;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.SettingsException;
import io.chatty.maintenance.task.TaskContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batches of a message cleanup. Step by step, it walks soft-deleted messages, those old enough to have expired, then,
 * if asked, all messages and all children for orphans. A batch looks at the next rows of the walk and deletes those that
 * are due. Thread-safe, and without memory of a run: all of that is in the cursor.
 */
public final class Cleanup {

    private static final Logger LOG = LoggerFactory.getLogger(Cleanup.class);

    private final Database database;
    private final ChatSchema schema;
    private final CleanupSettings settings;
    private final AskedPolicies asked;
    private volatile @Nullable HostTables tables;

    /** For that database and its schema. */
    public Cleanup(Database database, ChatSchema schema, CleanupSettings settings) {
        this.database = database;
        this.schema = schema;
        this.settings = settings;
        this.asked = new AskedPolicies(settings.policies());
    }

    /** Looks the host's tables and the rights on them up. */
    public List<String> problems() {
        return database.asBatch(session -> {
            List<String> problems = new ArrayList<>(notHonoured(settings.policies()));
            HostTables found = HostTables.read(session.connection(), session.dialect(), schema, problems)
                    .orElse(null);
            if (found != null) {
                rooms(session, found, problems);
                problems.addAll(rights(session, found));
                warnings(found);
                tables = found;
            }
            return problems;
        });
    }

    /** What policies say that a cleanup does not do yet: to leave a rule aside would delete what it keeps. */
    private static List<String> notHonoured(RetentionPolicies policies) {
        List<String> problems = new ArrayList<>();
        for (Level level : List.of(Level.TEAM, Level.USER)) {
            if (!policies.ids(level).isEmpty()) {
                problems.add("policies: there are rules for a " + level + ", which a cleanup does not honour yet");
            }
        }
        if (policies.hasCounts()) {
            problems.add(
                    "policies: there are rules that keep the latest messages, which a cleanup does not honour yet");
        }
        if (!policies.reviewing().isEmpty()) {
            problems.add("policies: there are reviewing policies, which a cleanup does not honour yet");
        }
        return problems;
    }

    private void rooms(Session session, HostTables found, List<String> problems) {
        Column room = found.room;
        for (String id : settings.policies().rooms()) {
            if (room == null) {
                problems.add("policies: there is a rule for room \"" + id + "\", but messages have no room(column)");
                continue;
            }
            Optional<Object> value = room.value(id);
            if (value.isEmpty()) {
                problems.add("policies: \"" + id + "\" in the rule for " + RetentionScope.room(id)
                        + " can be no value of " + room + "; write it as the database shows it");
            } else if (found.rooms != null) {
                Column rooms = found.rooms;
                Sql known = Sql.of("SELECT COUNT(*) FROM " + found.table(rooms) + " m WHERE ")
                        .add(session.dialect().isOneOf(found.column("m", rooms), rooms, List.of(value.get())));
                if (session.count(known) == 0) {
                    LOG.warn("There is a rule for room \"{}\", but no such room in {}", id, found.table(rooms));
                }
            }
        }
        if (room == null
                && settings.policies().dependsOnRoom()
                && settings.policies().rooms().isEmpty()) {
            problems.add(
                    "policies: there is a policy of the host's own, but messages have no room(column) to ask it about");
        }
    }

    private static List<String> rights(Session session, HostTables found) {
        Map<String, String> needed = new LinkedHashMap<>();
        String messages = found.table(found.key);
        String key = found.column("m", found.key);
        needed.put(Rights.needed("SELECT on " + messages), "SELECT " + key + " FROM " + messages + " m WHERE 1 = 0");
        needed.put(Rights.needed("DELETE on " + messages), session.dialect().deleteFrom(messages) + " WHERE 1 = 0");
        needed.put(
                Rights.needed("SELECT FOR UPDATE (which takes the UPDATE right) on " + messages),
                "SELECT " + key + " FROM " + messages + " m WHERE 1 = 0"
                        + session.dialect().forUpdate(false));
        for (HostTables.Child child : found.children) {
            String table = found.table(child.messageKey());
            needed.put(
                    Rights.needed("SELECT on " + table),
                    "SELECT " + found.column("m", child.messageKey()) + " FROM " + table + " m WHERE 1 = 0");
            needed.put(Rights.needed("DELETE on " + table), session.dialect().deleteFrom(table) + " WHERE 1 = 0");
            comparison(needed, found, child.messageKey(), found.key);
        }
        if (found.room != null && found.rooms != null) {
            comparison(needed, found, found.room, found.rooms);
        }
        if (found.sender != null && found.users != null) {
            comparison(needed, found, found.sender, found.users);
        }
        for (Column target : new Column[] {found.rooms, found.users}) {
            if (target != null) {
                String table = found.table(target);
                needed.put(
                        Rights.needed("SELECT on " + table),
                        "SELECT " + found.column("m", target) + " FROM " + table + " m WHERE 1 = 0");
            }
        }
        return Rights.check(session, needed);
    }

    private static void comparison(Map<String, String> needed, HostTables found, Column from, Column to) {
        needed.put(
                "schema: " + from + " and " + to + " cannot be compared; give both one type and collation",
                "SELECT 1 FROM " + found.table(from) + " m, " + found.table(to) + " t WHERE " + found.column("t", to)
                        + " = " + found.column("m", from) + " AND 1 = 0");
    }

    private static void warnings(HostTables found) {
        warnIfNotIndexed(found, found.sentAt);
        if (found.softDeletedAt != null) {
            warnIfNotIndexed(found, found.softDeletedAt);
        }
    }

    private static void warnIfNotIndexed(HostTables found, TimeColumn time) {
        if (!time.indexed()) {
            LOG.warn(
                    "No index begins with {}: each run reads the whole table. An index on {} ({}, {}) helps",
                    time.column(),
                    found.table(found.key),
                    time.column().name(),
                    found.key.name());
        }
    }

    private HostTables tables() {
        HostTables known = tables;
        if (known == null) {
            List<String> problems = problems();
            known = tables;
            if (!problems.isEmpty() || known == null) {
                throw new SettingsException(problems);
            }
        }
        return known;
    }

    /** Deletes what is due among the next rows. */
    public BatchResult runBatch(TaskContext context) throws Exception {
        HostTables found = tables();
        return database.inBatch(context, session -> new Batch(found, session, context).run());
    }

    /** Counts what is due among the next rows. */
    public BatchResult previewBatch(TaskContext context) throws Exception {
        HostTables found = tables();
        return database.inPreview(context, session -> new Batch(found, session, context).preview());
    }

    private static List<Step> steps(HostTables tables, Conditions conditions, boolean orphans) {
        List<Step> steps = new ArrayList<>();
        String messages = tables.table(tables.key);
        Step.Part key = new Step.KeyPart(tables.key, tables.column("m", tables.key));
        conditions
                .softDeleted()
                .ifPresent(due -> steps.add(new Step(
                        "softDeleted",
                        messages,
                        walk(tables, tables.softDeletedAt, key),
                        Optional.of(due),
                        (session, range) -> Sql.of("TRUE"),
                        true,
                        true)));
        conditions
                .mayHaveExpired()
                .ifPresent(within -> steps.add(new Step(
                        "expired",
                        messages,
                        walk(tables, tables.sentAt, key),
                        Optional.of(within),
                        conditions::expired,
                        true,
                        true)));
        if (orphans && (tables.rooms != null || tables.users != null)) {
            steps.add(
                    new Step("orphaned", messages, List.of(key), Optional.empty(), conditions::orphaned, true, false));
        }
        if (orphans) {
            for (HostTables.Child child : tables.children) {
                Column messageKey = child.messageKey();
                steps.add(new Step(
                        "orphans." + child.given(),
                        tables.table(messageKey),
                        List.of(new Step.KeyPart(messageKey, tables.column("m", messageKey))),
                        Optional.empty(),
                        (session, range) -> conditions.orphanedChild(messageKey),
                        false,
                        false));
            }
        }
        return steps;
    }

    /** By time, then key, where an index helps; else by key. */
    private static List<Step.Part> walk(HostTables tables, @Nullable TimeColumn time, Step.Part key) {
        return time != null && time.indexed()
                ? List.of(new Step.TimePart(time, tables.column("m", time.column())), key)
                : List.of(key);
    }

    private final class Batch {

        private final HostTables found;
        private final Session session;
        private final int size;
        private final Conditions conditions;
        private final List<Step> steps;
        private final CleanupCursor cursor;
        private final int index;

        private Batch(HostTables found, Session session, TaskContext context) {
            this.found = found;
            this.session = session;
            this.size = context.batchSize();
            this.conditions = new Conditions(found, settings, asked, context.now());
            this.steps = steps(found, conditions, settings.orphans());
            CleanupCursor given = context.cursor()
                    .map(CleanupCursor::parse)
                    .orElseGet(() -> new CleanupCursor(1, false, "", "", List.of()));
            int at = 0;
            for (int i = 0; i < steps.size(); i++) {
                if (steps.get(i).name().equals(given.step())) {
                    at = i;
                }
            }
            this.index = at;
            // Settings or indexes that changed since make a position worthless; then the step begins anew.
            boolean fits = !steps.isEmpty()
                    && steps.get(at).name().equals(given.step())
                    && steps.get(at).walkName().equals(given.walk());
            this.cursor = fits
                    ? given
                    : new CleanupCursor(given.pass(), given.lockedRows(), given.step(), given.walk(), List.of());
        }

        private BatchResult preview() {
            return look(
                    "due.",
                    (step, stretch, condition) -> new Deletion.Gone(step.count(session, condition), Counts.none(), 0));
        }

        private BatchResult run() {
            return look("deleted.", new Deletion(found, session)::delete);
        }

        private BatchResult look(String prefix, Action action) {
            if (steps.isEmpty()) {
                return BatchResult.finished().with(Counts.none().plus("examined", 0));
            }
            Step step = steps.get(index);
            Optional<Step.Stretch> stretch = step.next(session, cursor.position(), size);
            if (stretch.isEmpty()) {
                return next(false, List.of(), Counts.none().plus("examined", 0).plus(prefix + step.name(), 0));
            }
            List<String> end = stretch.get().end();
            Sql range = step.range(session, cursor.position(), end);
            Sql due = step.due().in(session, range);
            Sql condition = Sql.of("").add(range).add(" AND (").add(due).add(")");
            Deletion.Gone gone = action.on(step, stretch.get(), condition);
            Counts counts = Counts.none()
                    .plus("examined", stretch.get().rows())
                    .plus(prefix + step.name(), gone.rows())
                    .plus(gone.children());
            if (conditions.policyFailed().isPresent()) {
                Sql kept = Sql.of("")
                        .add(range)
                        .add(" AND (")
                        .add(conditions.policyFailed().get())
                        .add(")");
                counts = counts.plus("skipped.policyFailed", step.count(session, kept));
            }
            if (gone.locked() > 0) {
                counts = counts.plus(cursor.pass() == 1 ? "skipped.lockedAtFirst" : "skipped.locked", gone.locked());
            }
            boolean stepEnds = stretch.get().rows() < size;
            return next(gone.locked() > 0, stepEnds ? List.of() : end, counts);
        }

        /** The result with the next position: in this step, else in the next, else in a second pass, else none. */
        private BatchResult next(boolean locked, List<String> position, Counts counts) {
            boolean lockedRows = cursor.lockedRows() || locked;
            if (!position.isEmpty()) {
                return at(cursor.pass(), lockedRows, steps.get(index), position).with(counts);
            }
            if (index + 1 < steps.size()) {
                return at(cursor.pass(), lockedRows, steps.get(index + 1), List.of())
                        .with(counts);
            }
            if (lockedRows && cursor.pass() == 1) {
                return at(2, false, steps.get(0), List.of()).with(counts);
            }
            return BatchResult.finished().with(counts);
        }

        private static BatchResult at(int pass, boolean lockedRows, Step step, List<String> position) {
            Cursor next = new CleanupCursor(pass, lockedRows, step.name(), step.walkName(), position).toCursor();
            return BatchResult.next(next);
        }
    }

    @FunctionalInterface
    private interface Action {
        Deletion.Gone on(Step step, Step.Stretch stretch, Sql condition);
    }
}
