package io.chatty.maintenance.jdbc.internal.care;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.TableCare;
import io.chatty.maintenance.jdbc.internal.care.ServerCare.Diagnosis;
import io.chatty.maintenance.jdbc.internal.care.ServerCare.Part;
import io.chatty.maintenance.jdbc.internal.care.ServerCare.Size;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.DatabaseException;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.table.Catalogue;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.SettingsException;
import io.chatty.maintenance.task.TaskContext;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batches of the care for tables: one looks at one table, or one partition, and does what it needs. Thread-safe, and
 * without memory of a run: the cursor is the table that was looked at last.
 */
public final class Tending {

    private static final Logger LOG = LoggerFactory.getLogger(TableCare.class);

    /** For these the host can do something; the others pass by themselves. */
    private static final Set<String> CALLS_FOR_HOST =
            Set.of("timeLimit", "rights", "notOnline", "changedTooMuch", "noRoom", "failed");

    private final Database database;
    private final ChatSchema schema;
    private final CareSettings settings;
    private volatile @Nullable Tables tables;

    /**
     * The tables as the catalogue spells them.
     *
     * @param schema where they are
     * @param names by the name that the host gave
     */
    private record Tables(@Nullable String schema, Map<String, String> names) {}

    /** For that database and its schema. */
    public Tending(Database database, ChatSchema schema, CareSettings settings) {
        this.database = database;
        this.schema = schema;
        this.settings = settings;
    }

    /** Looks the tables and the rights on them up. */
    public List<String> problems() {
        return database.asBatch(session -> {
            List<String> problems = new ArrayList<>();
            Tables found = find(session, problems);
            if (problems.isEmpty()) {
                problems.addAll(ServerCare.of(session.dialect()).problems(session, parts(session, found), settings));
            }
            if (problems.isEmpty()) {
                tables = found;
            }
            return problems;
        });
    }

    private Tables find(Session session, List<String> problems) throws SQLException {
        Catalogue catalogue = Catalogue.read(
                session.connection(), session.dialect(), schema.schema().orElse(null));
        Map<String, String> names = new LinkedHashMap<>();
        add(names, catalogue, "messages", schema.messages().table(), problems);
        schema.children().forEach(child -> add(names, catalogue, "children", child.table(), problems));
        settings.also().forEach(table -> add(names, catalogue, "also", table, problems));
        return new Tables(catalogue.schema(), names);
    }

    private static void add(
            Map<String, String> names, Catalogue catalogue, String what, String given, List<String> problems) {
        catalogue
                .table(what, given, problems)
                .filter(name -> !names.containsValue(name))
                .ifPresent(name -> names.put(given, name));
    }

    private static List<Part> parts(Session session, Tables known) {
        return known.names().entrySet().stream()
                .flatMap(
                        table -> ServerCare.of(session.dialect())
                                .parts(session, known.schema(), table.getKey(), table.getValue())
                                .stream())
                .toList();
    }

    private Tables tables() {
        Tables known = tables;
        if (known == null) {
            List<String> problems = problems();
            known = tables;
            if (!problems.isEmpty() || known == null) {
                throw new SettingsException(problems);
            }
        }
        return known;
    }

    /** Cares for the next table. */
    public BatchResult runBatch(TaskContext context) throws Exception {
        Tables known = tables();
        return database.inLoneBatch(context, session -> {
            Runnable putBack = ServerCare.of(session.dialect()).begin(session, settings);
            try {
                return next(session, known, context, part -> tended(session, part));
            } finally {
                putBack(session, putBack);
            }
        });
    }

    /** A cancel that was meant for the statement before may come late; a session that stays changed is not given back. */
    private static void putBack(Session session, Runnable putBack) throws SQLException {
        for (int i = 1; session.isUsable(); i++) {
            try {
                putBack.run();
                return;
            } catch (DatabaseException e) {
                if (i == 3) {
                    LOG.warn("A session could not be set as it was, and is ended", e);
                    session.connection().abort(Runnable::run);
                    return;
                }
            }
        }
    }

    /** Looks at the next table. */
    public BatchResult previewBatch(TaskContext context) throws Exception {
        Tables known = tables();
        return database.inPreview(
                context,
                session -> next(session, known, context, part -> {
                    Diagnosis found = ServerCare.of(session.dialect()).look(session, part, settings);
                    LOG.info("{} {}: {}", part.sql(), advice(found), found.because());
                    return found.need()
                            .map(need -> Counts.none().plus("due." + need.counted() + "." + counted(part), 1))
                            .orElseGet(() -> skipped(part, found));
                }));
    }

    private static String advice(Diagnosis found) {
        return found.need().map(need -> "would get " + need).orElseGet(() -> "would be left alone, " + found.reason());
    }

    @FunctionalInterface
    private interface Look {
        Counts at(Part part);
    }

    private static BatchResult next(Session session, Tables known, TaskContext context, Look look) {
        List<Part> parts = parts(session, known);
        int at = context.cursor().map(cursor -> after(cursor, parts)).orElse(0);
        if (at >= parts.size()) {
            return BatchResult.finished();
        }
        Counts counts = look.at(parts.get(at)).plus("examined", 1);
        return at + 1 < parts.size()
                ? BatchResult.next(new Cursor(parts.get(at).sql())).with(counts).left(parts.size() - at - 1L)
                : BatchResult.finished().with(counts);
    }

    /** Where that table was: if it is gone, from the begin, which looks at some twice and at all once. */
    private static int after(Cursor cursor, List<Part> parts) {
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).sql().equals(cursor.text())) {
                return i + 1;
            }
        }
        return 0;
    }

    private static String counted(Part part) {
        return part.given().replaceAll("[\\s=]", "_");
    }

    private static Counts skipped(Part part, Diagnosis found) {
        return Counts.none().plus("skipped." + found.reason() + "." + counted(part), 1);
    }

    private Counts tended(Session session, Part part) {
        Optional<Size> before = Optional.empty();
        Diagnosis found =
                orReason(session, () -> ServerCare.of(session.dialect()).look(session, part, settings));
        if (found.need().isPresent()) {
            before = size(session, part);
            found = tended(session, part, found);
        }
        if (found.need().isEmpty()) {
            tell(part, found);
            return skipped(part, found);
        }
        Counts counts = Counts.none().plus("cared." + found.need().get().counted() + "." + counted(part), 1);
        Optional<Size> after = before.flatMap(known -> size(session, part));
        if (before.isPresent() && after.isPresent()) {
            counts = counts.plus(change(part, before.get(), after.get()));
        }
        LOG.info("{} had {}: {}; {}", part.sql(), found.need().get(), found.because(), counts);
        return counts;
    }

    private Diagnosis tended(Session session, Part part, Diagnosis found) {
        ServerCare care = ServerCare.of(session.dialect());
        return orReason(
                session,
                () -> care.tend(session, part, found.need().orElseThrow(), settings)
                        .orElse(found));
    }

    /** What a look gives, or the reason why it failed, if that is one to go on after. */
    private static Diagnosis orReason(Session session, Supplier<Diagnosis> look) {
        try {
            return look.get();
        } catch (RuntimeException e) {
            return reason(session, e).orElseThrow(() -> e);
        }
    }

    private static Optional<Diagnosis> reason(Session session, RuntimeException failure) {
        return session.isCancelled()
                ? Optional.empty()
                : DatabaseException.sqlCause(failure).flatMap(ServerCare.of(session.dialect())::reason);
    }

    /** Empty where the server does not tell, or the host keeps the table locked. */
    private static Optional<Size> size(Session session, Part part) {
        try {
            return ServerCare.of(session.dialect()).size(session, part);
        } catch (RuntimeException e) {
            if (reason(session, e).isEmpty()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private static Counts change(Part part, Size before, Size after) {
        String name = counted(part);
        Counts counts = Counts.none().plus("bytes.reclaimed." + name, Math.max(0, before.bytes() - after.bytes()));
        if (before.dead() < 0) {
            return counts.plus("bytes.free." + name, after.free());
        }
        if (after.vacuums() == before.vacuums()) {
            return counts; // it was only analyzed, or the server has yet to count it
        }
        long gone = Math.max(0, before.dead() - after.dead());
        if (after.dead() > before.dead() / 2) {
            LOG.warn(
                    "{} still has {} of {} dead rows: an old transaction, a prepared one, a replica or a replication slot"
                            + " can still see them",
                    part.sql(),
                    after.dead(),
                    before.dead());
        }
        return counts.plus("rows.freed." + name, gone)
                .plus("bytes.free." + name, before.main() / Math.max(1, before.live() + before.dead()) * gone);
    }

    private void tell(Part part, Diagnosis found) {
        if (CALLS_FOR_HOST.contains(found.reason())) {
            String limit = found.reason().equals("timeLimit")
                    ? "; let timeLimit, " + settings.timeLimit() + ", and the task's batchTimeout be longer"
                    : "";
            LOG.warn("{} is left as it was, {}: {}{}", part.sql(), found.reason(), found.because(), limit);
        } else {
            LOG.info("{} is left as it was, {}: {}", part.sql(), found.reason(), found.because());
        }
    }
}
