package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.task.PreviewableTask;

/** A task whose batches work on the connection of a {@link ChatDatabase}, so that they commit with their record. */
abstract class OwnTask implements PreviewableTask {

    private final Database database;

    OwnTask(Database database) {
        this.database = database;
    }

    boolean worksOn(Database other) {
        return database == other;
    }
}
