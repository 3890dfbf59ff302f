package io.chatty.maintenance.config;

import io.chatty.maintenance.task.MaintenanceException;
import java.util.Collection;

/** A task was asked for that the file has not. */
public final class UnknownTaskException extends MaintenanceException {

    private static final long serialVersionUID = 1;

    UnknownTaskException(String given, Collection<String> known) {
        super("task: \"" + given + "\" given, the file has " + String.join(", ", known) + Nearest.hint(given, known));
    }
}
