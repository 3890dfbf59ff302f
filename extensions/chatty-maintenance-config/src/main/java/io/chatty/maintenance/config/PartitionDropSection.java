package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.PartitionDrop;
import java.time.Duration;
import java.util.Optional;

/** {@code settings} of a {@code partition-drop}. */
final class PartitionDropSection {

    private PartitionDropSection() {}

    static Optional<PartitionDrop> read(String name, Section settings, TasksSection.Shared shared) {
        int before = settings.mistakes();
        Optional<Cleanups.Cleaned> cleaned = shared.cleanups().referredTo(settings);
        Optional<Duration> limit = settings.get("lock-limit", Kind.DURATION);
        settings.end();
        if (cleaned.filter(its -> its.cleanup().archive().isPresent()).isPresent()) {
            settings.refuse(
                    "cleanup",
                    "but what it removes goes into an archive, which could not restore into partitions that are gone; leave"
                            + " the archive away, or this task");
            return Optional.empty();
        }
        return shared.database()
                .flatMap(chat -> cleaned.flatMap(its -> {
                    PartitionDrop.Builder builder =
                            chat.partitionDrop(its.cleanup()).name(name);
                    limit.ifPresent(time -> settings.attempt("lock-limit", () -> builder.lockLimit(time)));
                    return settings.mistakes() > before ? Optional.empty() : Optional.of(builder.build());
                }));
    }
}
