package io.chatty.maintenance.config;

import io.chatty.maintenance.file.EvictionListener;
import io.chatty.maintenance.jdbc.DatabaseUsage.FollowingRows;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** {@code listener} of a {@code file-limits}: what a plugin does where files are given up. */
final class EvictionListenerSection {

    private static final String KEY = "listener";

    /**
     * What one provider made.
     *
     * @param listener is asked before and told after
     * @param following changes other rows of the host's in the same transaction
     */
    record Made(EvictionListener listener, FollowingRows following) {

        private static Made by(EvictionListenerProvider provider, PluginSettings settings) {
            return new Made(
                    Objects.requireNonNull(provider.create(settings), "what create gives"),
                    Objects.requireNonNull(provider.following(settings), "what following gives"));
        }
    }

    private EvictionListenerSection() {}

    /** Empty if it is not set, or was noted as a problem. */
    static Optional<Made> read(Section settings, Providers providers) {
        if (settings.isNull(KEY)) {
            // Without one, files would go that it keeps.
            settings.refuse(KEY, "allowed is { provider, settings }; for no listener leave it out");
        }
        if (!settings.has(KEY)) {
            return Optional.empty();
        }
        Section listener = settings.section(KEY);
        Optional<Made> made = providers.make(listener, EvictionListenerProvider.class, "provider", Set.of(), Made::by);
        listener.end();
        return made;
    }
}
