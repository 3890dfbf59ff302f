package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.retention.Precedence;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** {@code policies}. What cannot be read makes no rule, and no engine. */
final class PolicySection {

    private static final String NOTHING = "; nothing means \"delete all\"";

    private static final Kind<Duration> TIME = value -> {
        Duration time = Kind.DURATION.read(value);
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("a duration longer than 0 s" + NOTHING);
        }
        try {
            return RetentionRule.keepFor(time).time();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a duration of at most 10,000 years", e);
        }
    };

    private static final Kind<Integer> LATEST = value -> {
        int count = Kind.COUNT.read(value);
        if (count < 1) {
            throw new IllegalArgumentException("at least 1" + NOTHING);
        }
        return count;
    };

    private static final Kind<RetentionRule> RULE = value -> {
        if ("forever".equals(value.unwrapped())) {
            return RetentionRule.keepForever();
        }
        try {
            return RetentionRule.keepFor(TIME.read(value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("forever, { keep-for, keep-latest }, or " + e.getMessage(), e);
        }
    };

    private PolicySection() {}

    /**
     * The policies.
     *
     * @param database whose tables have rules; empty if there is none, which is a problem elsewhere
     */
    static RetentionPolicies read(Section section, Providers providers, Optional<ChatDatabase> database) {
        RetentionPolicies.Builder builder = RetentionPolicies.builder();
        section.set("precedence", Kind.oneOf(Precedence.class), builder::precedence);
        section.set("floor", TIME, builder::floor);
        section.set("ceiling", TIME, builder::ceiling);
        boolean fit = section.attempt("floor", builder::build); // there is no rule yet: only the bounds can contradict
        rule(section, "global", builder::global);
        level(section, "team", builder::team);
        level(section, "room", builder::room);
        level(section, "user", builder::user);
        keepForever(section, builder);
        for (Section table : section.sections("tables")) {
            PolicyTableSection.read(table, database).ifPresent(builder::policy);
        }
        for (Section plugin : section.sections("plugins")) {
            providers
                    .make(plugin, PolicyProvider.class, "provider", Set.of(), PolicyProvider::create)
                    .ifPresent(builder::policy);
            plugin.end();
        }
        section.end();
        fit = fit && section.attempt("precedence", builder::build); // what else can be wrong is a count with shortest
        return fit ? builder.build() : RetentionPolicies.builder().build();
    }

    private static void level(Section section, String level, BiConsumer<String, RetentionRule> declare) {
        Section ids = section.section(level + "s");
        for (String id : ids.keys()) {
            if (!ids.has(id)) {
                ids.refuse(id, "allowed is forever, or how long; for no rule of its own leave the " + level + " out");
            }
            rule(ids, id, rule -> declare.accept(id, rule));
        }
    }

    private static void rule(Section in, String key, Consumer<RetentionRule> declare) {
        if (in.isSection(key)) {
            timeAndCount(in.section(key)).ifPresent(rule -> in.attempt(key, () -> declare.accept(rule)));
        } else {
            in.set(key, RULE, declare);
        }
    }

    private static Optional<RetentionRule> timeAndCount(Section section) {
        int before = section.mistakes();
        Optional<RetentionRule.KeepFor> time = section.get("keep-for", TIME).map(RetentionRule::keepFor);
        Optional<Integer> latest = section.get("keep-latest", LATEST);
        section.end();
        if (section.mistakes() > before) {
            return Optional.empty();
        }
        if (latest.isEmpty()) {
            if (time.isEmpty()) {
                section.problem("neither keep-for nor keep-latest given; one of them, or both, is required");
            }
            return time.map(keep -> keep);
        }
        return latest.map(
                count -> time.map(keep -> keep.andLatest(count)).orElseGet(() -> RetentionRule.keepLatest(count)));
    }

    private static void keepForever(Section section, RetentionPolicies.Builder builder) {
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
                                + section.path("rooms"));
            }
        }
    }
}
