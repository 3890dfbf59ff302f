package io.chatty.maintenance.examples.chat.maintenance;

import io.chatty.maintenance.retention.RetentionPolicy;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import java.util.Optional;

/**
 * A policy of this host's own: a room for support, told by its name, has a rule of its own, however many such rooms come.
 *
 * @param rule the rule
 */
record SupportRooms(RetentionRule rule) implements RetentionPolicy {

    private static final String PREFIX = "#support-";

    @Override
    public Optional<RetentionRule> ruleFor(RetentionScope scope) {
        return scope instanceof RetentionScope.Room room && room.id().startsWith(PREFIX)
                ? Optional.of(rule)
                : Optional.empty();
    }

    @Override
    public String toString() {
        return "rooms " + PREFIX + "*: " + rule;
    }
}
