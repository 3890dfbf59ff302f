package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.outbox.Outbox;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import java.util.ArrayList;
import java.util.List;

/** Whether several workers can share a cleanup's walk of the messages. */
final class LaneChecks {

    private LaneChecks() {}

    /** What is in their way; nothing is in the way of one. */
    static List<String> problems(HostTables tables, CleanupSettings settings, int connections) {
        int workers = settings.workers();
        List<String> problems = new ArrayList<>();
        if (workers == 1) {
            return problems;
        }
        String given = "workers: " + workers + " given, ";
        if (workers + 1 > connections) {
            problems.add(
                    given + "which hold " + workers + " connections and leave one for claims, but this ChatDatabase"
                            + " may hold " + connections + "; allow " + (workers + 1)
                            + " by ChatDatabase.of(dataSource, schema, " + (workers + 1)
                            + "), and as many in the pool, or give "
                            + (connections == 2 ? "1" : "at most " + (connections - 1)));
        }
        String one = "; give 1, or leave that out of the schema";
        if (tables.keyShared) {
            problems.add(given + "but several messages can share a key, and go together wherever they are; give 1, or"
                    + " describe another key(column)");
        }
        if (Outbox.hasFiles(tables)) {
            problems.add(
                    given + "but files are described, and of two that each take one of the last two references to a"
                            + " file neither could tell that the file is gone" + one);
        }
        if (!tables.shared.isEmpty()) {
            problems.add(
                    given + "but \"" + tables.shared.get(0).given() + "\" belongs to several messages, and of two that"
                            + " each take one of the last two neither could tell that it is to go" + one);
        }
        if (!tables.counters.isEmpty()) {
            problems.add(given + "but " + tables.counters.get(0).column()
                    + " counts messages, and who changes it keeps all others waiting" + one);
        }
        tables.children.stream()
                .filter(child -> child.table().equals(tables.messageTable()))
                .findFirst()
                .ifPresent(child -> problems.add(given + "but messages refer to messages (" + child.first()
                        + "), and setting those loose that refer to one changes what another worker may hold" + one));
        return problems;
    }
}
