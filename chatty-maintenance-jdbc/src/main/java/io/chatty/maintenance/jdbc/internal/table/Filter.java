package io.chatty.maintenance.jdbc.internal.table;

import io.chatty.maintenance.jdbc.internal.database.Sql;

/** A condition on the rows of a table, which is true or false of each and never NULL. */
@FunctionalInterface
public interface Filter {

    /** The condition, where the table is called that. */
    Sql on(String alias);
}
