package io.chatty.maintenance.jdbc.internal.partition;

import io.chatty.maintenance.jdbc.internal.cleanup.CleanupSettings;
import io.chatty.maintenance.jdbc.internal.cleanup.Conditions;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.outbox.Outbox;
import io.chatty.maintenance.jdbc.internal.partition.ServerPartitions.Left;
import io.chatty.maintenance.jdbc.internal.partition.ServerPartitions.Part;
import io.chatty.maintenance.jdbc.internal.policy.Expiry;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks whether all rows of a partition are due. Made for one batch. Not thread-safe. */
final class PartitionLook {

    private final HostTables tables;
    private final Session session;
    private final CleanupSettings settings;
    private final Expiry expiry;
    private final Conditions conditions;

    PartitionLook(HostTables tables, Session session, CleanupSettings settings, Expiry expiry, Instant now) {
        this.tables = tables;
        this.session = session;
        this.settings = settings;
        this.expiry = expiry;
        this.conditions = new Conditions(tables, settings, expiry, now);
    }

    /**
     * What would go with a partition.
     *
     * @param rows its messages
     * @param softDeleted how many of them for that reason
     */
    record Found(long rows, long softDeleted) {}

    /**
     * A table whose rows refer to messages.
     *
     * @param table its name for SQL and how the statement calls it
     * @param says that a row of it refers to a message that is called {@code m}
     */
    record Reference(String table, Sql says) {}

    /** All tables whose rows refer to messages: where there is such a row, the message goes by the cleanup, with all it has. */
    static List<Reference> references(HostTables tables) {
        List<Reference> references = new ArrayList<>();
        for (HostTables.Child child : tables.children) {
            add(references, tables, child.refersBy(), child.to());
        }
        for (HostTables.Shared shared : tables.shared) {
            add(references, tables, shared.messageKey(), tables.key);
        }
        return references;
    }

    private static void add(List<Reference> to, HostTables tables, List<Column> refersBy, List<Column> target) {
        String alias = "c" + to.size();
        String table = tables.table(refersBy.get(0)) + " " + alias;
        to.add(new Reference(
                table,
                Sql.of("EXISTS (SELECT 1 FROM " + table + " WHERE " + tables.equal(alias, refersBy, "m", target)
                        + ")")));
    }

    /** Why no partition with rows may be dropped: these have to go one by one. Empty if it may. */
    private Optional<String> oneByOne(ServerPartitions server, Part part, HoldRows.Known holds) {
        if (settings.tellsMessages()) {
            return Optional.of("a listener is told of each message");
        }
        if (Outbox.hasFiles(tables)) {
            return Optional.of("files may go with messages");
        }
        if (!tables.counters.isEmpty()) {
            return Optional.of("counters are repaired for each message");
        }
        if (holds.restored()) {
            return Optional.of("there are messages that were restored");
        }
        if (part.triggered()) {
            return Optional.of("the host's own triggers look at each row that is deleted");
        }
        if (!expiry.isPlain() || !server.canLookUnderLock(goes(holds))) {
            return Optional.of("no single statement can say by these policies and tables what is due");
        }
        return Optional.empty();
    }

    private Sql softDeleted() {
        return conditions.softDeleted().orElseGet(() -> Sql.of("1 = 0"));
    }

    private Sql goes(HoldRows.Known holds) {
        Sql expired = Sql.of("(")
                .add(conditions.old())
                .add(" AND ")
                .add(conditions.unlessExempt())
                .add(")");
        Sql goes = Sql.of("(")
                .add(softDeleted())
                .add(" OR ")
                .add(expired)
                .add(") AND ")
                .add(conditions.unlessKept(holds));
        tables.key.stream()
                .filter(Column::nullable)
                .forEach(column -> goes.add(" AND " + tables.column("m", column) + " IS NOT NULL"));
        return goes;
    }

    private static Sql isOne(Sql condition) {
        return Sql.of("CASE WHEN ").add(condition).add(" THEN 1 ELSE 0 END");
    }

    /** What would go with it. Cheap where a row of it stays. */
    Found at(ServerPartitions server, Part part, HoldRows.Known holds) {
        part.unfit().ifPresent(unfit -> {
            throw new Left(unfit, "partitions of that kind are not dropped");
        });
        if (!isThere(part, Sql.of("1 = 1"))) {
            return new Found(0, 0);
        }
        oneByOne(server, part, holds).ifPresent(why -> {
            throw new Left("notEmpty", "it has rows, and " + why + "; the cleanup removes them");
        });
        if (isThere(part, isOne(goes(holds)).add(" = 0"))) {
            throw stays();
        }
        return counted(server, part, holds);
    }

    private boolean isThere(Part part, Sql condition) {
        return session.first(
                        Sql.of("SELECT 1 FROM " + part.rows() + " WHERE ")
                                .add(condition)
                                .add(" LIMIT 1"),
                        row -> true)
                .isPresent();
    }

    private static Left stays() {
        return new Left(
                "notDue", "something in it stays: by a rule, a hold or an exemption, or since it tells no time");
    }

    /** The same by one statement, which looks at all its rows. */
    Found counted(ServerPartitions server, Part part, HoldRows.Known holds) {
        Optional<String> oneByOne = oneByOne(server, part, holds);
        Sql goes = oneByOne.isPresent() ? Sql.of("1 = 0") : goes(holds);
        Sql referred = Sql.of("1 = 0");
        references(tables).forEach(reference -> referred.add(" OR ").add(reference.says()));
        Sql sql = Sql.of("SELECT COUNT(*), COALESCE(SUM(")
                .add(isOne(goes))
                .add("), 0), COALESCE(SUM(")
                .add(isOne(softDeleted()))
                .add("), 0), COALESCE(SUM(")
                .add(isOne(referred))
                .add("), 0), " + haveTheirKeys(part) + " FROM " + part.rows());
        List<Long> found = session.first(
                        sql,
                        row -> List.of(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)))
                .orElseThrow();
        if (found.get(1) < found.get(0)) {
            throw stays();
        }
        if (found.get(3) > 0) {
            throw new Left(
                    "referredTo",
                    "rows of other tables refer to messages in it; the cleanup removes these with all they have");
        }
        if (found.get(4) > found.get(0)) {
            throw new Left("sharedKey", "messages in it share a key with others, with which they go together");
        }
        return new Found(found.get(0), found.get(2));
    }

    /** How many messages anywhere have a key that one of the partition has, if that can be more than there are in it. */
    private String haveTheirKeys(Part part) {
        return tables.keyShared
                ? "(SELECT COUNT(*) FROM " + tables.messages() + " k WHERE (" + tables.columns("k", tables.key)
                        + ") IN (SELECT " + tables.columns("s", tables.key) + " FROM " + part.rowsAs("s") + "))"
                : "0";
    }
}
