package io.chatty.maintenance.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What policies say about the messages of some scopes; from {@link RetentionPolicies#decide}. Immutable and thread-safe.
 *
 * @param from the rules that decided, with their scopes, the most specific first; empty if there is no rule, several only with
 *     {@link Precedence#LONGEST}, where the time of one and the count of another can hold together
 * @param keptFor for how long after it was sent a message is kept in any case: empty for ever, zero if only a count keeps
 * @param latest how many of a room's latest messages are kept although they are older than that, those that a user deleted not
 *     counting; 0 for none. With a count a message that is in no room is kept like one of the latest
 * @param longest the age above which nothing is kept, the latest neither; empty if there is none. Without a count it is
 *     {@code keptFor}
 * @param bounds which bounds changed what the rules say, for people, such as {@code "at least 30 days (floor)"}; mostly empty
 */
public record RetentionDecision(
        List<Source> from, Optional<Duration> keptFor, int latest, Optional<Duration> longest, List<String> bounds) {

    /**
     * A rule and what it is for.
     *
     * @param scope what it is for
     * @param rule the rule
     */
    public record Source(RetentionScope scope, RetentionRule rule) {
        @Override
        public String toString() {
            return scope + ": " + rule;
        }
    }

    /** Copies the lists. */
    public RetentionDecision {
        from = List.copyOf(from);
        bounds = List.copyOf(bounds);
    }

    /** No rule: kept for ever. */
    static RetentionDecision none() {
        return new RetentionDecision(List.of(), Optional.empty(), 0, Optional.empty(), List.of());
    }

    /** What those rules say together when each is to hold: the longest time of theirs, and the largest count. */
    static RetentionDecision of(List<Source> from) {
        Optional<Duration> keptFor = Optional.of(Duration.ZERO);
        int latest = 0;
        for (Source source : from) {
            RetentionRule rule = source.rule();
            keptFor = keptFor.flatMap(
                    longest -> rule.keptFor().map(time -> time.compareTo(longest) > 0 ? time : longest));
            latest = Math.max(latest, rule.latest());
        }
        return new RetentionDecision(from, keptFor, latest, latest > 0 ? Optional.empty() : keptFor, List.of());
    }

    /** The same within bounds, for what rules decided: the floor first, then the ceiling, which takes the latest too. */
    RetentionDecision within(@Nullable Duration floor, @Nullable Duration ceiling) {
        List<String> changed = new ArrayList<>();
        Optional<Duration> kept = keptFor;
        if (floor != null && kept.isPresent() && kept.get().compareTo(floor) < 0) {
            kept = Optional.of(floor);
            changed.add("at least " + KeptTime.text(floor) + " (floor)");
        }
        if (ceiling == null) {
            return new RetentionDecision(from, kept, latest, latest > 0 ? longest : kept, changed);
        }
        boolean beyond = kept.isEmpty() || kept.get().compareTo(ceiling) > 0;
        if (beyond || latest > 0) {
            changed.add("at most " + KeptTime.text(ceiling) + " (ceiling)");
        }
        if (beyond || kept.equals(Optional.of(ceiling))) { // then a count has nothing left to keep
            Optional<Duration> most = Optional.of(ceiling);
            return new RetentionDecision(from, most, 0, most, changed);
        }
        return new RetentionDecision(from, kept, latest, latest > 0 ? Optional.of(ceiling) : kept, changed);
    }

    /** Messages sent before that time go, except those that a count keeps; one sent at that very time stays. Empty for never. */
    public Optional<Instant> cutOff(Instant now) {
        return keptFor.map(now::minus);
    }

    /** Messages sent before that time go even when they are among the latest. Empty for never. */
    public Optional<Instant> cutOffOfLatest(Instant now) {
        return longest.map(now::minus);
    }

    /**
     * A short name of what decided, under which reports count: {@code global}, {@code room legal}, {@code team x}; the scopes
     * joined by {@code " + "} where several decided; {@code none} where no rule did. The same as long as the same scopes decide.
     */
    public String label() {
        return from.isEmpty()
                ? "none"
                : from.stream().map(source -> source.scope().toString()).collect(Collectors.joining(" + "));
    }

    /** For people: what decided, and how it was bounded. */
    @Override
    public String toString() {
        String rules = from.isEmpty()
                ? "no rule: keep forever"
                : from.stream().map(Source::toString).collect(Collectors.joining("; "));
        return bounds.isEmpty() ? rules : rules + ", " + String.join(", ", bounds);
    }
}
