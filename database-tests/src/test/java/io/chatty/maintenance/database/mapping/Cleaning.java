package io.chatty.maintenance.database.mapping;

import io.chatty.maintenance.database.schema.CleanedTables;

/** A cleanup of a host's tables, made in one way or another. */
@FunctionalInterface
interface Cleaning {

    void clean(CleanedTables host) throws Exception;
}
