package io.chatty.maintenance.jdbc.internal.database;

import io.chatty.maintenance.task.MaintenanceException;

/**
 * What is due, what belongs to it or what is held changed between two statements of a batch; all of it is undone then and
 * done again.
 */
public final class ChangedMeanwhile extends MaintenanceException {

    private static final long serialVersionUID = 1;

    public ChangedMeanwhile() {
        super(
                "what is due, or the holds, changed while a batch worked, several times in a row; the batch was undone",
                DatabaseException.passing());
    }
}
