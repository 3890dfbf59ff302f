package io.chatty.maintenance.jdbc.internal.archive.file;

import io.chatty.maintenance.task.MaintenanceException;
import org.jspecify.annotations.Nullable;

/** An archive that cannot be used as it is, or a table that it does not fit: which, why, and what to do. */
public final class ArchiveException extends MaintenanceException {

    private static final long serialVersionUID = 1;

    ArchiveException(String message) {
        super(message);
    }

    ArchiveException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
