package io.chatty.maintenance.jdbc.internal.presence;

import io.chatty.maintenance.jdbc.internal.database.DatabaseException;
import io.chatty.maintenance.jdbc.internal.database.Rights;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the library's own table says of one user, who is to be erased. Where there is no such table it says nothing of anyone. For one
 * batch; not thread-safe.
 */
public final class SeenOfUser {

    /** What databases say where there is no such table: PostgreSQL, then MariaDB and H2. */
    private static final Set<String> NO_SUCH_TABLE = Set.of("42P01", "42S02", "42S03", "42S04");

    private static final Sql NOBODY = Sql.of("SELECT COUNT(*) FROM " + SeenTableReader.OURS + " WHERE 1 = 0");
    private static final Map<String, String> RIGHTS = Map.of(
            Rights.needed("SELECT and DELETE on " + SeenTableReader.OURS),
            "DELETE FROM " + SeenTableReader.OURS + " WHERE user_id IS NULL AND 1 = 0");

    private final Session session;
    private final String user;

    /** Of that user. */
    public SeenOfUser(Session session, String user) {
        this.session = session;
        this.user = user;
    }

    /** What keeps anyone's row from being deleted. */
    public static List<String> problems(Session session) {
        return isTable(session) ? Rights.check(session, RIGHTS) : List.of();
    }

    private static boolean isTable(Session session) {
        try {
            session.orUndo(() -> session.count(NOBODY));
            return true;
        } catch (RuntimeException e) {
            String state = DatabaseException.sqlCause(e)
                    .map(said -> String.valueOf(said.getSQLState()))
                    .orElseThrow(() -> e);
            return !NO_SUCH_TABLE.contains(state);
        }
    }

    /** Whether it says anything. */
    public boolean isThere() {
        return isTable(session) && session.count(Sql.of("SELECT COUNT(*)").add(row())) > 0;
    }

    /** Deletes it. */
    public void delete() {
        session.change(Sql.of("DELETE").add(row()));
    }

    private Sql row() {
        return Sql.of(" FROM " + SeenTableReader.OURS + " WHERE user_id = ?", user);
    }
}
