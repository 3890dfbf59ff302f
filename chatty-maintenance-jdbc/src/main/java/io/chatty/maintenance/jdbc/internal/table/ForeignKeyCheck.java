package io.chatty.maintenance.jdbc.internal.table;

import io.chatty.maintenance.jdbc.internal.database.Column;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds foreign keys that a cleanup would meet, and that are not described: by them rows would stay, or go uncounted. */
final class ForeignKeyCheck {

    private final Catalogue catalogue;
    private final List<String> problems;

    ForeignKeyCheck(Catalogue catalogue, List<String> problems) {
        this.catalogue = catalogue;
        this.problems = problems;
    }

    void check(String messages, List<Column> key, List<HostTables.Child> children, List<HostTables.Shared> shared)
            throws SQLException {
        for (Catalogue.ForeignKey foreign : catalogue.foreignKeysTo(messages)) {
            if (foreign.in().isPresent()) {
                if (!foreign.letsGo()) {
                    problems.add("messages: " + foreign + " refers to \"" + messages
                            + "\" by a foreign key, and cannot be described, being in another schema; let the foreign key"
                            + " say ON DELETE CASCADE or SET NULL, or drop it");
                }
            } else if (!isDeclared(foreign, children, shared)) {
                problems.add(undeclared(foreign, messages, key));
            }
        }
        for (int i = 0; i < children.size(); i++) {
            HostTables.Child child = children.get(i);
            if (!child.setLoose()) {
                toChild(child.table(), children.subList(0, i));
            }
        }
        for (HostTables.Shared each : shared) {
            for (Catalogue.ForeignKey foreign :
                    catalogue.foreignKeysTo(each.key().table())) {
                boolean known =
                        foreign.isOf(each.link()) || each.keptBy().stream().anyMatch(foreign::isOf);
                // what goes as an orphan may take nothing along that nobody described
                if (!known && (!foreign.letsGo() || each.at().isPresent())) {
                    problems.add("shared: " + foreign + " refers to \""
                            + each.key().table() + "\" by a foreign key and is not described; add keptBy(\""
                            + foreign.table() + "\", \"" + foreign.columns().get(0) + "\") to it");
                }
            }
        }
    }

    private static boolean isDeclared(
            Catalogue.ForeignKey foreign, List<HostTables.Child> children, List<HostTables.Shared> shared) {
        Map<String, String> pairs = new HashMap<>();
        for (int i = 0; i < foreign.columns().size(); i++) {
            pairs.put(foreign.columns().get(i), foreign.targets().get(i));
        }
        return children.stream()
                        .filter(child ->
                                child.where().isEmpty() || foreign.letsGo()) // else some rows stay, and hold fast
                        .anyMatch(child -> describes(foreign, pairs, child.refersBy(), child.to()))
                || shared.stream()
                        .anyMatch(each -> each.messageKey().get(0).table().equals(foreign.table())
                                && names(each.messageKey()).equals(foreign.columns()));
    }

    private static boolean describes(
            Catalogue.ForeignKey foreign, Map<String, String> pairs, List<Column> refersBy, List<Column> to) {
        if (!refersBy.get(0).table().equals(foreign.table()) || refersBy.size() != pairs.size()) {
            return false;
        }
        for (int i = 0; i < refersBy.size(); i++) {
            if (!to.get(i).name().equals(pairs.get(refersBy.get(i).name()))) {
                return false;
            }
        }
        return true;
    }

    private static List<String> names(List<Column> columns) {
        return columns.stream().map(Column::name).toList();
    }

    private static String undeclared(Catalogue.ForeignKey foreign, String messages, List<Column> key) {
        String quoted =
                foreign.columns().stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", "));
        if (foreign.table().equals(messages)) {
            return "messages: column " + quoted + " of \"" + messages
                    + "\" is a foreign key to the table itself, so a message cannot go before those that refer to it; add"
                    + " children(\"" + messages + "\", c -> c.refersBy(" + quoted
                    + ").setLoose()), whereby these stay with NULL there, or drop the foreign key";
        }
        boolean toKey = foreign.targets().equals(names(key));
        String to = foreign.targets().stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", "));
        String declaration = toKey && foreign.columns().size() == 1
                ? "children(\"" + foreign.table() + "\", " + quoted + ")"
                : "children(\"" + foreign.table() + "\", c -> c.refersBy(" + quoted + ")"
                        + (toKey ? "" : ".to(" + to + ")") + ")";
        return "messages: table \"" + foreign.table() + "\" refers to " + (toKey ? "" : "column " + to + " of ") + "\""
                + messages + "\" by a foreign key and is not described; add " + declaration
                + ", whereby its rows go with their message, or the same with setLoose(), whereby they stay";
    }

    private void toChild(String table, List<HostTables.Child> before) throws SQLException {
        for (Catalogue.ForeignKey foreign : catalogue.foreignKeysTo(table)) {
            boolean gone = foreign.in().isEmpty()
                    && (foreign.table().equals(table)
                            || before.stream().anyMatch(child -> foreign.isOf(child.first())));
            if (!gone && !foreign.letsGo()) {
                problems.add("children: " + foreign + " refers to \"" + table
                        + "\" by a foreign key, so that its rows hold those fast; describe it as children before \""
                        + table
                        + "\" if its rows refer to messages, or let the foreign key say ON DELETE CASCADE or SET NULL");
            }
        }
    }
}
