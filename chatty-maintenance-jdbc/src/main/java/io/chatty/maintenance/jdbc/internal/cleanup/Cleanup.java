package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.Explanation;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.internal.archive.ArchivePlace;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.Migrations;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.hold.Restored;
import io.chatty.maintenance.jdbc.internal.policy.AskedPolicies;
import io.chatty.maintenance.jdbc.internal.policy.Expiry;
import io.chatty.maintenance.jdbc.internal.policy.PolicyRows;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.retention.RetentionPolicy;
import io.chatty.maintenance.retention.ReviewingPolicy;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.SettingsException;
import io.chatty.maintenance.task.TaskContext;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batches of a message cleanup. Step by step, it walks soft-deleted messages, those old enough to have expired, then,
 * if asked, all messages and all children for orphans. A batch looks at the next rows of the walk and deletes those that
 * are due. Thread-safe, and without memory of a run but what may be counted anew: all of that is in the cursor.
 */
public final class Cleanup {

    private static final Logger LOG = LoggerFactory.getLogger(MessageCleanup.class);

    private final Database database;
    private final ChatSchema schema;
    private final Setup setup;
    private volatile @Nullable HostTables tables;
    private volatile boolean ownTables;
    private volatile boolean toldOfStore;

    /**
     * What all batches have in common.
     *
     * @param task the task's name
     * @param settings what is to be removed
     * @param expiry what the policies say
     * @param asked asks policies of the host's own
     * @param memory what was counted of rooms
     * @param counted the tasks whose removals count for the share limit, this one among them
     */
    record Setup(
            String task,
            CleanupSettings settings,
            Expiry expiry,
            AskedPolicies asked,
            Latest.Memory memory,
            Set<String> counted) {

        /** Who judges the messages of a batch, as of that time. */
        Judge judge(HostTables tables, Session session, HoldRows.Known holds, Latest latest, Instant now) {
            return new Judge(
                    tables,
                    session,
                    expiry,
                    asked,
                    latest,
                    holds.holds(),
                    new Restored(tables, session, holds.restored(), now),
                    shown(tables),
                    now);
        }

        /** The columns that reviewing policies asked for. */
        List<Column> shown(HostTables tables) {
            Set<String> names = columns();
            return tables.columns.stream()
                    .filter(column -> names.contains(column.name()))
                    .toList();
        }

        private Set<String> columns() {
            Set<String> names = new TreeSet<>();
            settings.policies().reviewing().forEach(policy -> names.addAll(policy.columns()));
            return names;
        }

        private List<String> problems(HostTables tables) {
            List<String> known = tables.columns.stream().map(Column::name).toList();
            List<String> problems = new ArrayList<>();
            for (ReviewingPolicy policy : settings.policies().reviewing()) {
                for (String name : policy.columns()) {
                    if (!known.contains(name)) {
                        problems.add("policies: " + policy + " asks for column \"" + name
                                + "\", which messages do not have; their columns are " + known);
                    }
                }
            }
            return problems;
        }
    }

    /**
     * For that database and its schema.
     *
     * @param task the task's name
     */
    public Cleanup(Database database, ChatSchema schema, String task, CleanupSettings settings) {
        this.database = database;
        this.schema = schema;
        AskedPolicies asked = new AskedPolicies();
        Set<String> counted = ConcurrentHashMap.newKeySet();
        counted.add(task);
        this.setup = new Setup(
                task, settings, new Expiry(database, settings.policies(), asked), asked, new Latest.Memory(), counted);
    }

    /** What runs of that task have removed counts for the share limit, too. */
    public void countsWith(String other) {
        setup.counted().add(other);
    }

    /** Looks the host's tables and the rights on them up. Our own tables a preview can do without, see {@link #runBatch}. */
    public List<String> problems() {
        List<String> problems =
                setup.settings().archive().map(ArchivePlace::problems).orElse(List.of());
        return problems.isEmpty() ? database.asBatch(this::look) : problems;
    }

    private List<String> look(Session session) throws SQLException {
        List<String> problems = new ArrayList<>();
        for (RetentionPolicy policy : setup.settings().policies().policies()) {
            if (policy instanceof PolicyRows rows) {
                problems.addAll(rows.isIn(database) ? rows.problems(session) : rows.problems());
            }
        }
        Optional<HostTables> found = HostTables.read(session.connection(), session.dialect(), schema, problems);
        if (found.isPresent()) {
            problems.addAll(setup.problems(found.get()));
            problems.addAll(new CleanupChecks(session, found.get(), setup.settings()).problems());
            problems.addAll(LaneChecks.problems(found.get(), setup.settings(), database.mostConnections()));
        }
        tables = problems.isEmpty() ? found.orElse(null) : null;
        return problems;
    }

    private HostTables tables() {
        HostTables known = tables;
        if (known == null) {
            List<String> problems = database.asBatch(this::look);
            known = tables;
            if (!problems.isEmpty() || known == null) {
                throw new SettingsException(problems);
            }
        }
        return known;
    }

    /** Deletes what is due among the next rows. */
    public BatchResult runBatch(TaskContext context) throws Exception {
        HostTables before = tables();
        return database.inBatch(context, session -> {
            requireOwnTables(session);
            HostTables found = context.cursor().isEmpty() ? anew(session, before) : before;
            Optional<Filing> filing = Filing.of(setup.settings(), found, session, context);
            if (filing.isPresent()) { // what waits for a store comes before what others wait for
                Optional<CleanupCursor.Written> written =
                        context.cursor().map(CleanupCursor::parse).flatMap(CleanupCursor::written);
                written.ifPresent(file -> filing.get().load(file.file()));
                CleanupBatch batch = new CleanupBatch(
                        setup, found, session, context, HoldRows.read(session), Lanes.none(context), filing);
                if (!batch.deletes()) {
                    return batch.run();
                }
            }
            try (Lanes lanes = lanes(found, session, context)) {
                return new CleanupBatch(setup, found, session, context, HoldRows.join(session), lanes, filing).run();
            }
        });
    }

    private Lanes lanes(HostTables found, Session session, TaskContext context) {
        int workers = setup.settings().workers();
        if (workers > 1 && database.claim().isEmpty() && !toldOfStore) {
            toldOfStore = true;
            LOG.warn(
                    "{}: {} workers are asked for, but its runs are not kept in the run store of this ChatDatabase, without"
                            + " which what they do could not be told apart: one works",
                    setup.task(),
                    workers);
        }
        return Lanes.start(database, session, context, workers, (own, piece, joined) -> {
            HoldRows.Known holds = HoldRows.join(own);
            joined.run();
            CleanupCursor cursor = piece.cursor().map(CleanupCursor::parse).orElseThrow();
            return new CleanupBatch(setup, found, own, piece, holds).lane(cursor);
        });
    }

    /**
     * A run that archives looks anew at what the host may have changed since the last, so that nothing is left out of the
     * archive; on the connection that the batch has.
     */
    private HostTables anew(Session session, HostTables before) throws SQLException {
        if (setup.settings().archive().isEmpty()) {
            return before;
        }
        List<String> problems = look(session);
        HostTables found = tables;
        if (!problems.isEmpty() || found == null) {
            throw new SettingsException(problems);
        }
        return found;
    }

    /** Without them no hold could be honoured. Where the run store is in this database, it refuses before. */
    private void requireOwnTables(Session session) {
        if (!ownTables) {
            List<String> problems = Migrations.problems(session);
            if (!problems.isEmpty()) {
                throw new SettingsException(problems);
            }
            ownTables = true;
        }
    }

    /** Counts what is due among the next rows. */
    public BatchResult previewBatch(TaskContext context) throws Exception {
        HostTables found = tables();
        return database.inPreview(
                context,
                session -> new CleanupBatch(setup, found, session, context, HoldRows.readIfThere(session)).preview());
    }

    /** What decides about one message, as of that time. */
    public Explanation explain(List<String> key, Instant now) throws Exception {
        HostTables found = tables();
        if (key.size() != found.key.size()) {
            throw new IllegalArgumentException("explain: " + key + " given, but the key is " + found.key
                    + "; as many values are allowed, in that order");
        }
        return database.asPreview(
                session -> new Explaining(setup, found, session, HoldRows.readIfThere(session), now).explain(key));
    }
}
