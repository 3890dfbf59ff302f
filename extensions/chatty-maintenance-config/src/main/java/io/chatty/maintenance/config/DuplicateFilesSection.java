package io.chatty.maintenance.config;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.duplicate.DuplicateFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** {@code settings} of a {@code duplicate-files}. */
final class DuplicateFilesSection {

    static final String TYPE = "duplicate-files";

    private DuplicateFilesSection() {}

    static Optional<DuplicateFiles> read(String name, Section settings, TasksSection.Shared shared) {
        int before = settings.mistakes();
        Optional<FileStores.Described> store = shared.files().referredTo(settings);
        Map<String, String> below = settings.list("below", Kind.DIRECTORY);
        if (below.isEmpty() && settings.mistakes() == before) {
            settings.problem(
                    "below", "none given; required is a list of directories to look in, such as [\"uploads/\"]");
        }
        Optional<Long> smallest = settings.get("smallest", Kind.BYTES);
        Optional<Path> temporaryFiles = settings.get("temporary-files", Kind.PATH);
        temporaryFiles
                .filter(folder -> !Files.isDirectory(folder) || !Files.isWritable(folder))
                .ifPresent(folder -> settings.refuse(
                        "temporary-files", "a directory that is there and can be written to is allowed"));
        Optional<Consumer<FileFinding>> findings = FindingsSection.read(name, settings, shared.files());
        settings.end();
        if (store.isEmpty()) {
            return Optional.empty();
        }
        DuplicateFiles.Builder builder =
                DuplicateFiles.builder(name, store.get().store());
        settings.attemptEach(below, builder::below);
        smallest.ifPresent(bytes -> settings.attempt("smallest", () -> builder.smallest(bytes)));
        temporaryFiles.ifPresent(builder::temporaryFiles);
        findings.ifPresent(builder::findings);
        return settings.mistakes() > before ? Optional.empty() : Optional.of(builder.build());
    }
}
