package io.chatty.maintenance.config;

import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** {@code policies}. What cannot be read makes no rule, and no engine. */
final class PolicySection {

    private static final Kind<RetentionRule> RULE = value -> {
        if ("forever".equals(value.unwrapped())) {
            return RetentionRule.keepForever();
        }
        Duration time;
        try {
            time = Kind.DURATION.read(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("forever, or " + e.getMessage(), e);
        }
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("forever, or a duration longer than 0 s; nothing means \"delete all\"");
        }
        try {
            return RetentionRule.keepFor(time);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("forever, or a duration of at most 10,000 years", e);
        }
    };

    private PolicySection() {}

    static RetentionPolicies read(Section section, Providers providers) {
        RetentionPolicies.Builder builder = RetentionPolicies.builder();
        section.get("global", RULE).ifPresent(builder::global);
        Section rooms = section.section("rooms");
        for (String room : rooms.keys()) {
            if (!rooms.has(room)) {
                rooms.refuse(room, "allowed is forever, or how long; for no rule of its own leave the room out");
            }
            rooms.set(room, RULE, rule -> builder.room(room, rule));
        }
        for (Map.Entry<String, String> kept :
                section.list("keep-forever", Kind.TEXT).entrySet()) {
            String room = kept.getValue();
            try {
                builder.room(room, RetentionRule.keepForever());
            } catch (IllegalArgumentException e) {
                section.problemAt(
                        kept.getKey(),
                        "\"" + room
                                + "\" given, which has a rule already; a room is allowed once, in keep-forever or in "
                                + rooms.path());
            }
        }
        for (Section plugin : section.sections("plugins")) {
            providers
                    .make(plugin, PolicyProvider.class, "provider", Set.of(), PolicyProvider::create)
                    .ifPresent(builder::policy);
            plugin.end();
        }
        section.end();
        return builder.build();
    }
}
