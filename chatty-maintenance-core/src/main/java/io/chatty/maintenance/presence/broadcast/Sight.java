package io.chatty.maintenance.presence.broadcast;

import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceEvent;
import io.chatty.maintenance.presence.PresenceEvent.Kind;
import io.chatty.maintenance.presence.PresenceVisibility;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a viewer may see: all where it is the host. */
final class Sight {

    private static final Logger LOG = LoggerFactory.getLogger(PresenceVisibility.class);

    /** All. */
    static final Sight WHOLE = new Sight((viewer, user) -> PresenceVisibility.Sight.ALL, null);

    private final PresenceVisibility visibility;
    private final @Nullable String viewer;

    Sight(PresenceVisibility visibility, @Nullable String viewer) {
        this.visibility = visibility;
        this.viewer = viewer;
    }

    /** What is seen of it; null if nothing is left of an event that only tells of changes. */
    @Nullable PresenceEvent of(PresenceEvent event) {
        if (viewer == null || event.presences().isEmpty()) {
            return event;
        }
        List<Presence> seen = new ArrayList<>();
        for (Presence presence : event.presences()) {
            Presence shown = of(presence);
            if (shown != null) {
                seen.add(shown);
            }
        }
        boolean isNews = !seen.isEmpty()
                || event.kind() == Kind.SNAPSHOT
                || (event.kind() == Kind.MORE_OF_SNAPSHOT && !event.more());
        return isNews ? new PresenceEvent(event.kind(), seen, event.more()) : null;
    }

    /** What is seen of it; null for nothing. */
    @Nullable Presence of(Presence presence) {
        if (viewer == null) {
            return presence;
        }
        try {
            return switch (visibility.sightOf(viewer, presence.user())) {
                case NOTHING -> null;
                case STATUS -> presence.withoutLastSeen();
                case ALL -> presence;
            };
        } catch (RuntimeException | Error e) {
            LOG.warn(
                    "The rule of who sees whom failed for viewer {}, user {}: nothing is seen",
                    viewer,
                    presence.user(),
                    e);
            return null;
        }
    }
}
