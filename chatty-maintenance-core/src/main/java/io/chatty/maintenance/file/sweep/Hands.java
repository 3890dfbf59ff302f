package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileQuarantine;
import io.chatty.maintenance.file.FileQuarantine.Moved;
import io.chatty.maintenance.file.FileQuarantine.Outcome;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.util.List;

/** What a run does to files. A preview has none, so there is nothing that it could forget not to do. */
final class Hands {

    private final FileQuarantine quarantine;

    Hands(FileQuarantine quarantine) {
        this.quarantine = quarantine;
    }

    Moved move(String name, FileState judged, RunId run) throws IOException {
        return quarantine.move(name, judged, run);
    }

    Outcome restore(QuarantinedFile file) throws IOException {
        return quarantine.restore(file);
    }

    List<FileQuarantine.Deleted> delete(List<QuarantinedFile> files) {
        return quarantine.deleteAll(files);
    }
}
