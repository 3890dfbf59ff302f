package io.chatty.maintenance.jdbc.internal;

/** A condition on the rows of a table, which is true or false of each and never NULL. */
@FunctionalInterface
interface Filter {

    /** The condition, where the table is called that. */
    Sql on(String alias);
}
