package io.chatty.maintenance.config;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.verify.FindingsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code findings-file} and {@code findings-limit} of a task over files. */
final class FindingsSection {

    private FindingsSection() {}

    /** Where a task writes what a person should know of; empty if it is to stand in the log alone, or there is a problem. */
    static Optional<Consumer<FileFinding>> read(String task, Section settings, FileStores files) {
        Optional<Path> file = settings.get("findings-file", Kind.PATH);
        Optional<Long> limit = settings.get("findings-limit", Kind.BYTES);
        if (settings.has("findings-limit") && !settings.has("findings-file")) {
            settings.refuse("findings-limit", "but there is no findings-file; set that, or leave it away");
        }
        return file.flatMap(path -> {
            check(task, settings, files, path);
            AtomicReference<@Nullable FindingsFile> made = new AtomicReference<>();
            settings.attempt(
                    "findings-limit",
                    () -> made.set(limit.isPresent() ? new FindingsFile(path, limit.get()) : new FindingsFile(path)));
            return Optional.ofNullable(made.get());
        });
    }

    private static void check(String task, Section settings, FileStores files, Path path) {
        Path folder = path.toAbsolutePath().normalize().getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(path)) {
            settings.refuse("findings-file", "a file in a directory that is there is allowed");
        }
        files.holds(path)
                .ifPresent(store -> settings.refuse(
                        "findings-file",
                        "which is in files." + store
                                + ", where nothing would refer to it; a file elsewhere is allowed"));
        files.findings(path, task)
                .ifPresent(other -> settings.refuse(
                        "findings-file", "which task " + other + " has, too; a file for each task is allowed"));
    }
}
