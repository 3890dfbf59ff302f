package io.chatty.maintenance.presence;

import io.chatty.maintenance.task.MaintenanceException;

/** There are as many sessions as there may be. Nothing has changed; the session that was to begin does not exist. */
public final class PresenceLimitException extends MaintenanceException {

    private static final long serialVersionUID = 1;

    /** With a message that names the limit and what to do. */
    public PresenceLimitException(String message) {
        super(message);
    }
}
