package io.chatty.maintenance.jdbc.internal.database;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds out what the database's user may do, by statements that could touch no row. */
public final class Rights {

    private Rights() {}

    /** What is wrong if a right is missing. */
    public static String needed(String right) {
        return "rights: " + right + " is needed; grant it to the database's user";
    }

    /**
     * Tries statements and gives a problem for each that is refused.
     *
     * @param needed what is wrong if it is refused, and a statement that needs it and touches no row
     */
    public static List<String> check(Session session, Map<String, String> needed) {
        Map<String, Sql> statements = new LinkedHashMap<>();
        needed.forEach((right, statement) -> statements.put(right, Sql.of(statement)));
        return checkAll(session, statements);
    }

    /** As {@link #check}, for statements with arguments. */
    public static List<String> checkAll(Session session, Map<String, Sql> needed) {
        List<String> problems = new ArrayList<>();
        needed.forEach((right, statement) -> {
            try {
                session.orUndo(() -> session.change(statement));
            } catch (RuntimeException e) {
                String said = DatabaseException.sqlCause(e)
                        .map(sql -> String.valueOf(sql.getMessage())
                                .lines()
                                .findFirst()
                                .orElse(""))
                        .orElseThrow(() -> e);
                problems.add(right + " (the database said: " + said + ")");
            }
        });
        return problems;
    }
}
