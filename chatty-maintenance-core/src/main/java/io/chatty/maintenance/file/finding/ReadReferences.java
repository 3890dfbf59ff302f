package io.chatty.maintenance.file.finding;

import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileReference;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.ReferencePage;
import io.chatty.maintenance.task.MaintenanceException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What holds for all who read references page by page. */
public final class ReadReferences {

    private ReadReferences() {}

    /** Those to names that a file can have; the others are handed on. */
    public static List<FileReference> named(List<FileReference> references, Consumer<FileReference> refused) {
        List<FileReference> named = new ArrayList<>();
        for (FileReference reference : references) {
            if (FileNames.isName(reference.name())) {
                named.add(reference);
            } else {
                refused.accept(reference);
            }
        }
        return named;
    }

    /**
     * Looks at the number that a source ended with (R7).
     *
     * @param page its last page
     * @param seen how many references all its pages had
     * @param so what is not done where the numbers differ
     * @return the number
     * @throws MaintenanceException if they do
     */
    public static long complete(FileReferences source, ReferencePage page, long seen, String so) {
        long complete = page.complete().orElseThrow();
        if (complete != seen) {
            throw new MaintenanceException("references " + source.name() + ": it ended with " + complete
                    + " references, but " + seen + " were read; not all was read, and " + so);
        }
        return complete;
    }
}
