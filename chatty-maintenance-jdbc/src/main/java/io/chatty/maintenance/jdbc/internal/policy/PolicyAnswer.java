package io.chatty.maintenance.jdbc.internal.policy;

import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a table says for one scope. Immutable.
 *
 * @param given the rule; empty if there is none
 * @param wrong why nobody can say what the rule is; empty if all is well
 */
record PolicyAnswer(Optional<RetentionRule> given, Optional<String> wrong) {

    static final PolicyAnswer NONE = new PolicyAnswer(Optional.empty(), Optional.empty());

    static PolicyAnswer wrong(String why) {
        return new PolicyAnswer(Optional.empty(), Optional.of(why));
    }

    /**
     * The rule; empty if there is none.
     *
     * @throws MaintenanceException if nobody can say
     */
    Optional<RetentionRule> rule() {
        wrong.ifPresent(why -> {
            throw new MaintenanceException(why);
        });
        return given;
    }

    /**
     * What a row says. Nothing in it ever stands for "delete all": what is neither a time nor declared as for ever is wrong.
     *
     * @param time how long to keep, as the database shows it; null for no rule
     * @param latest how many of a room to keep beside; null for none
     * @param where which row that is, for people
     */
    static PolicyAnswer of(PolicySource source, @Nullable String time, @Nullable String latest, String where) {
        if (time == null && latest == null) {
            return NONE;
        }
        try {
            return new PolicyAnswer(Optional.of(rule(source, time, latest)), Optional.empty());
        } catch (IllegalArgumentException | ArithmeticException e) { // NumberFormatException is one
            String values = source.time().map(column -> column + " = " + time).orElse("")
                    + (source.time().isPresent() && source.latest().isPresent() ? ", " : "")
                    + source.latest().map(column -> column + " = " + latest).orElse("");
            return wrong(where + " has " + values + ", which is no rule: " + e.getMessage()
                    + "; what it would decide is kept");
        }
    }

    private static RetentionRule rule(PolicySource source, @Nullable String time, @Nullable String latest) {
        int count = latest == null ? 0 : Integer.parseInt(latest);
        if (latest != null && count < 1) {
            throw new IllegalArgumentException("a count must be at least 1");
        }
        if (source.time().isEmpty()) {
            return RetentionRule.keepLatest(count);
        }
        if (time == null) {
            throw new IllegalArgumentException("a count without a time would let younger messages go, too");
        }
        long number = Long.parseLong(time);
        if (source.forever().contains(number)) {
            return RetentionRule.keepForever();
        }
        Duration kept = source.inDays() ? Duration.ofDays(number) : Duration.ofMillis(number);
        return count == 0
                ? RetentionRule.keepFor(kept)
                : RetentionRule.keepFor(kept).andLatest(count);
    }
}
