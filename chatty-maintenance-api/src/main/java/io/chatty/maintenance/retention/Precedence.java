package io.chatty.maintenance.retention;

import io.chatty.maintenance.retention.RetentionDecision.Source;
import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which rule decides when a message has rules on several levels: that of its sender, its room, its team, the global one. */
public enum Precedence {
    /** The most specific one, whether it keeps longer or shorter. The default. */
    MOST_SPECIFIC {
        @Override
        RetentionDecision among(List<Source> found) {
            return RetentionDecision.of(found.subList(0, 1));
        }
    },

    /** The one that keeps longest; and the largest count holds as well: what any of the rules keeps is kept. */
    LONGEST {
        @Override
        RetentionDecision among(List<Source> found) {
            Source longest = found.stream().max(BY_TIME).orElseThrow();
            Source most = found.stream()
                    .max(Comparator.comparingInt(source -> source.rule().latest()))
                    .orElseThrow();
            int count = most.rule().latest();
            Optional<Duration> time = longest.rule().keptFor();
            if (time.isEmpty() || longest.rule().latest() == count) {
                return RetentionDecision.of(List.of(longest));
            }
            if (time.equals(most.rule().keptFor())) {
                return RetentionDecision.of(List.of(most));
            }
            boolean longestFirst = found.indexOf(longest) < found.indexOf(most);
            return RetentionDecision.of(longestFirst ? List.of(longest, most) : List.of(most, longest));
        }
    },

    /**
     * The one that keeps shortest; a rule that keeps for ever gives way to any other. Rules with a count cannot be compared to
     * one another and are refused.
     */
    SHORTEST {
        @Override
        RetentionDecision among(List<Source> found) {
            for (Source source : found) {
                uncountable(source.scope(), source.rule()).ifPresent(problem -> {
                    throw new MaintenanceException(problem);
                });
            }
            return RetentionDecision.of(List.of(found.stream().min(BY_TIME).orElseThrow()));
        }

        @Override
        Optional<String> uncountable(RetentionScope scope, RetentionRule rule) {
            return rule.latest() == 0
                    ? Optional.empty()
                    : Optional.of(
                            "precedence: the rule \"" + rule + "\" for " + scope + " has a count, which "
                                    + "cannot be compared to see which rule keeps shortest; only times are allowed where the shortest decides");
        }
    };

    /** By the time alone, for ever being the longest. Of equals a stream's max and min give the first: the most specific. */
    private static final Comparator<Source> BY_TIME = Comparator.<Source, Boolean>comparing(
                    source -> source.rule().keptFor().isEmpty())
            .thenComparing(source -> source.rule().keptFor().orElse(Duration.ZERO));

    /** The decision among what was found, which is at least one, the most specific first; without bounds. */
    abstract RetentionDecision among(List<Source> found);

    /** Why it cannot deal with that rule, if so. */
    Optional<String> uncountable(RetentionScope scope, RetentionRule rule) {
        return Optional.empty();
    }
}
