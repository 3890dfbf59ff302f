package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileFinding.Kind;
import io.chatty.maintenance.file.FileReference;
import io.chatty.maintenance.file.SweptFile;
import io.chatty.maintenance.file.finding.MissingFiles;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells of references without a file. */
final class Broken {

    private Broken() {}

    /** Looks at references, and tells of those that are broken. */
    static void look(SweepBatch batch, List<FileReference> references) throws Exception {
        Set<String> broken =
                files(batch).of(references.stream().map(FileReference::name).collect(Collectors.toSet()));
        for (FileReference reference : references) {
            if (broken.contains(reference.name())) {
                tell(batch, reference.name(), reference.where());
            }
        }
    }

    /** Looks at names that a listing did not have, and tells of those that are missing. */
    static void confirm(SweepBatch batch, List<String> names) throws Exception {
        for (String name : files(batch).of(names)) {
            tell(batch, name, "in the list of references");
        }
    }

    private static MissingFiles files(SweepBatch batch) {
        return new MissingFiles(
                batch.store(),
                batch.sources()::find,
                names -> batch.ledger().open(batch.sweep(), names).stream()
                        .map(SweptFile::name)
                        .collect(Collectors.toSet()));
    }

    private static void tell(SweepBatch batch, String name, String where) {
        batch.count("broken");
        batch.findings().tell(Kind.BROKEN_REFERENCE, name, where);
    }
}
