package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.task.MaintenanceException;

/** What is due, or belongs to it, changed between two statements of a batch; all of it is undone then and done again. */
final class ChangedMeanwhile extends MaintenanceException {

    private static final long serialVersionUID = 1;

    ChangedMeanwhile() {
        super(
                "what is due changed between lock and delete, several times in a row; the batch was undone",
                DatabaseException.passing());
    }
}
