package io.chatty.maintenance.jdbc.internal.table;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a message's column leads to: its room, say. Immutable.
 *
 * @param own the message's own column
 * @param vias the tables that say, one after the other, what it leads to; none if the column holds it itself
 */
public record Reach(Column own, List<Via> vias) {

    /**
     * A table on the way.
     *
     * @param table its name, for SQL
     * @param key its column that is compared with what leads to it
     * @param value its column that holds what is meant
     * @param where which of its rows count
     */
    public record Via(String table, Column key, Column value, Optional<Filter> where) {}

    /** What that one leads to by one table more. */
    static Reach by(Reach reach, Via via) {
        List<Via> vias = new ArrayList<>(reach.vias);
        vias.add(via);
        return new Reach(reach.own, List.copyOf(vias));
    }

    /** The column whose values it has. */
    public Column value() {
        return vias.isEmpty() ? own : vias.get(vias.size() - 1).value();
    }

    /** Its value for the row of a table that is called that. */
    public Sql of(HostTables tables, String alias) {
        return of(tables.dialect, alias);
    }

    /** Its value for the row of a table that is called that. */
    public Sql of(Dialect dialect, String alias) {
        Sql value = Sql.of(dialect.column(alias, own));
        String v = alias;
        for (Via via : vias) {
            v = v + "v";
            Sql next = Sql.of("(SELECT " + dialect.column(v, via.value()) + " FROM " + via.table() + " " + v + " WHERE "
                            + dialect.column(v, via.key()) + " = ")
                    .add(value);
            String name = v;
            via.where().ifPresent(where -> next.add(" AND ").add(where.on(name)));
            value = next.add(")");
        }
        return value;
    }
}
