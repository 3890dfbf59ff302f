package io.chatty.maintenance.task;

import org.jspecify.annotations.Nullable;

/** The root of what this library throws beside argument errors. */
public class MaintenanceException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** With a message that says what happened and what to do. */
    public MaintenanceException(String message) {
        super(message);
    }

    /** With a message that says what happened and what to do, and what caused it. */
    public MaintenanceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
