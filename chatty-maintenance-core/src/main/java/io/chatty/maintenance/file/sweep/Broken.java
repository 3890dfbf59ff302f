package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileFinding.Kind;
import io.chatty.maintenance.file.FileReference;
import io.chatty.maintenance.file.SweptFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * References without a file. The reference is read first, then the store is looked at, then the reference is read again, and the
 * store once more: what was put or taken in between is not told of.
 */
final class Broken {

    private Broken() {}

    /** Looks at references, and tells of those that are broken. */
    static void look(SweepBatch batch, List<FileReference> references) throws Exception {
        List<FileReference> missing = new ArrayList<>();
        for (FileReference reference : references) {
            if (isMissing(batch, reference.name())) {
                missing.add(reference);
            }
        }
        Set<String> broken =
                broken(batch, missing.stream().map(FileReference::name).toList());
        for (FileReference reference : missing) {
            if (broken.contains(reference.name())) {
                tell(batch, reference.name(), reference.where());
            }
        }
    }

    /** Looks at names that a listing did not have, and tells of those that are missing. */
    static void confirm(SweepBatch batch, List<String> names) throws Exception {
        List<String> missing = new ArrayList<>();
        for (String name : names) {
            if (isMissing(batch, name)) {
                missing.add(name);
            }
        }
        for (String name : broken(batch, missing)) {
            tell(batch, name, "in the list of references");
        }
    }

    private static Set<String> broken(SweepBatch batch, Collection<String> missing) throws Exception {
        if (missing.isEmpty()) {
            return Set.of();
        }
        Set<String> again = batch.sources().find(missing);
        for (SweptFile file : batch.ledger().open(batch.sweep(), again)) {
            again.remove(file.name()); // it lies in quarantine, and goes back in this run
        }
        again.removeIf(name -> !isMissingUnchecked(batch, name));
        return again;
    }

    private static boolean isMissingUnchecked(SweepBatch batch, String name) {
        try {
            return isMissing(batch, name);
        } catch (IOException e) {
            return false; // that cannot be said
        }
    }

    private static boolean isMissing(SweepBatch batch, String name) throws IOException {
        return batch.store().look(name).isEmpty();
    }

    private static void tell(SweepBatch batch, String name, String where) {
        batch.count("broken");
        batch.findings().tell(Kind.BROKEN_REFERENCE, name, where);
    }
}
