package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.Erasure;
import java.util.Map;
import java.util.Optional;

/** {@code settings} of an {@code erasure}. */
final class ErasureSection {

    private ErasureSection() {}

    static Optional<Erasure> read(Section settings, TasksSection.Shared shared) {
        Map<String, String> more = settings.list("archives", Kind.TEXT);
        boolean tellDeleted = settings.get("tell-deleted", Kind.FLAG)
                .orElseGet(() -> shared.cleanups().tellDeleted());
        settings.end();
        return shared.database()
                .map(chat -> chat.erasure(
                        shared.cleanups().archives(chat, more.values()).toArray(Archive[]::new)))
                .map(erasure -> tellDeleted ? erasure.tellDeleted() : erasure);
    }
}
