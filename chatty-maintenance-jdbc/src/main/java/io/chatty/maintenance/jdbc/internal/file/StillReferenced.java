package io.chatty.maintenance.jdbc.internal.file;

import io.chatty.maintenance.task.MaintenanceException;
import java.util.List;
import java.util.Set;

/** Files are referred to by something else than the rows that were to go: the transaction is to be done again without them. */
final class StillReferenced extends MaintenanceException {

    private static final long serialVersionUID = 1;

    private final String[] names; // exceptions are serializable, sets need not be

    StillReferenced(Set<String> names) {
        super(names.size() + " files are referred to by something else");
        this.names = names.toArray(new String[0]);
    }

    List<String> names() {
        return List.of(names);
    }
}
