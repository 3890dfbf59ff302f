package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.task.PreviewableTask;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** {@code settings} of an {@code archive-purge}. */
final class ArchivePurgeSection {

    private ArchivePurgeSection() {}

    static Optional<PreviewableTask> read(String name, Section settings, TasksSection.Shared shared) {
        Optional<Cleanups.Cleaned> cleaned = shared.cleanups().referredTo(settings);
        Optional<Duration> after =
                settings.required("after", Kind.DURATION, "how long what was removed can be restored, such as 30 days");
        settings.end();
        Optional<Archive> archive = cleaned.flatMap(its -> its.cleanup().archive());
        if (cleaned.isPresent() && archive.isEmpty()) {
            settings.refuse("cleanup", "but that has no archive; set archive or archive-folder in its settings");
        }
        AtomicReference<@Nullable PreviewableTask> purge = new AtomicReference<>();
        archive.ifPresent(from ->
                after.ifPresent(time -> settings.attempt("after", () -> purge.set(from.purge(name, time)))));
        return Optional.ofNullable(purge.get());
    }
}
