package io.chatty.maintenance.config;

import io.chatty.maintenance.retention.RetentionPolicy;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Keeps the messages of some rooms for a time. */
public final class PlanProvider implements PolicyProvider {

    /** For the service loader. */
    public PlanProvider() {}

    @Override
    public String name() {
        return "plan";
    }

    @Override
    public RetentionPolicy create(PluginSettings settings) {
        Duration keep = settings.duration("keep").orElse(Duration.ofDays(30));
        List<String> rooms = settings.texts("rooms");
        return scope -> scope instanceof RetentionScope.Room room && rooms.contains(room.id())
                ? Optional.of(RetentionRule.keepFor(keep))
                : Optional.empty();
    }
}
