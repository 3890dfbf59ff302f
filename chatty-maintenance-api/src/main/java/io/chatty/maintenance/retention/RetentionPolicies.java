package io.chatty.maintenance.retention;

import io.chatty.maintenance.retention.RetentionDecision.Source;
import io.chatty.maintenance.retention.RetentionScope.Level;
import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All policies of a host, and what they say together. A message has rules by its sender, its room, the room's team, and the
 * global one; by default the most specific of those that are there decides ({@link Precedence}), then the bounds apply; without
 * any rule it is kept for ever. The same object answers for the SQL and for whoever asks. Immutable and thread-safe, as far as
 * the policies given to it are.
 *
 * <pre>{@code
 * RetentionPolicies.builder()
 *         .global(keepFor(ofDays(365)))
 *         .team("free", keepFor(ofDays(90)).andLatest(1000))
 *         .room("legal", keepForever())
 *         .floor(ofDays(7))
 *         .build();
 * }</pre>
 */
public final class RetentionPolicies {

    private final Map<RetentionScope, RetentionRule> declared;
    private final Map<Level, Set<String>> ids;
    private final List<RetentionPolicy> policies;
    private final Precedence precedence;
    private final @Nullable Duration floor;
    private final @Nullable Duration ceiling;

    private RetentionPolicies(Builder builder) {
        this.declared = Map.copyOf(builder.declared);
        this.ids = new EnumMap<>(Level.class);
        for (Level level : Level.values()) {
            Set<String> ofLevel = new TreeSet<>();
            declared.keySet().stream()
                    .filter(scope -> scope.level() == level)
                    .forEach(scope -> id(scope).ifPresent(ofLevel::add));
            ids.put(level, Collections.unmodifiableSet(ofLevel));
        }
        this.policies = List.copyOf(builder.policies);
        this.precedence = builder.precedence;
        this.floor = builder.floor;
        this.ceiling = builder.ceiling;
    }

    private RetentionPolicies(RetentionPolicies other, List<RetentionPolicy> policies) {
        this.declared = other.declared;
        this.ids = other.ids;
        this.policies = List.copyOf(policies);
        this.precedence = other.precedence;
        this.floor = other.floor;
        this.ceiling = other.ceiling;
    }

    private static Optional<String> id(RetentionScope scope) {
        if (scope instanceof RetentionScope.Team team) {
            return Optional.of(team.id());
        }
        if (scope instanceof RetentionScope.Room room) {
            return Optional.of(room.id());
        }
        return scope instanceof RetentionScope.User user ? Optional.of(user.id()) : Optional.empty();
    }

    /** Starts with no policy at all: everything is kept for ever. */
    public static Builder builder() {
        return new Builder();
    }

    /** See {@link #decide(Collection)}. */
    public RetentionDecision decide(RetentionScope... scopes) {
        return decide(List.of(scopes));
    }

    /**
     * What holds for the messages of those scopes: of that user, in that room, of that team. The global scope is always meant
     * and need not be given; a scope that is not given has no say, so without a room this is about messages in no room, and
     * about those of all rooms without a rule.
     *
     * @throws IllegalArgumentException if two of the scopes are of one level
     * @throws ContradictionException if two policies have a rule for the same scope
     * @throws MaintenanceException if a policy gives null, or a rule with a count where none is allowed
     */
    public RetentionDecision decide(Collection<RetentionScope> scopes) {
        NavigableMap<Level, RetentionScope> byLevel = new TreeMap<>();
        for (RetentionScope scope : scopes) {
            RetentionScope other = byLevel.putIfAbsent(scope.level(), scope);
            if (other != null) {
                throw new IllegalArgumentException(
                        "scopes: " + other + " and " + scope + " given; at most one of a level is allowed");
            }
        }
        byLevel.putIfAbsent(Level.GLOBAL, RetentionScope.global());
        List<Source> found = new ArrayList<>();
        for (RetentionScope scope : byLevel.descendingMap().values()) {
            if (found.isEmpty() || precedence != Precedence.MOST_SPECIFIC) {
                own(scope).ifPresent(rule -> found.add(new Source(scope, rule)));
            }
        }
        return found.isEmpty()
                ? RetentionDecision.none()
                : precedence.among(found).within(floor, ceiling);
    }

    /**
     * From when on messages of those scopes are to be shown, by the time at which they were sent: a host that shows none from
     * before hides what is due until it is gone. Empty if all are to be shown. What a count keeps is shown, so where a count
     * holds this goes by the age at which the latest go too. It knows nothing of single messages: those that are kept though due,
     * for being pinned or held, or by a {@link ReviewingPolicy}, are to be shown beside.
     *
     * @throws MaintenanceException as {@link #decide(Collection)} does
     */
    public Optional<Instant> visibleSince(Instant now, RetentionScope... scopes) {
        return decide(scopes).cutOffOfLatest(now);
    }

    /** The teams, rooms or users that were given a rule by the builder, sorted; none for {@link Level#GLOBAL}. */
    public Set<String> ids(Level level) {
        return ids.getOrDefault(level, Set.of());
    }

    /** Whether there can be a rule of that level: one is declared, or there are policies of the host's own. */
    public boolean mayDecide(Level level) {
        return hasOwnPolicies() || declared.keySet().stream().anyMatch(scope -> scope.level() == level);
    }

    /** Whether there are policies of the host's own, which can have a rule for any scope. */
    public boolean hasOwnPolicies() {
        return !policies.isEmpty();
    }

    /** The host's own policies. */
    public List<RetentionPolicy> policies() {
        return policies;
    }

    /** The same, with each of the host's own policies replaced by what it gives for it. */
    public RetentionPolicies with(UnaryOperator<RetentionPolicy> replacement) {
        return new RetentionPolicies(this, policies.stream().map(replacement).toList());
    }

    /** Whether a declared rule keeps the latest messages of each room. */
    public boolean hasCounts() {
        return declared.values().stream().anyMatch(rule -> rule.latest() > 0);
    }

    /** Those of the host's own policies that look at single messages. */
    public List<ReviewingPolicy> reviewing() {
        return policies.stream()
                .filter(ReviewingPolicy.class::isInstance)
                .map(ReviewingPolicy.class::cast)
                .toList();
    }

    /** Which rule decides when there are several. */
    public Precedence precedence() {
        return precedence;
    }

    /** The shortest time that any rule may come to; empty for no such bound. */
    public Optional<Duration> floor() {
        return Optional.ofNullable(floor);
    }

    /** The longest time that any rule may come to; empty for no such bound. */
    public Optional<Duration> ceiling() {
        return Optional.ofNullable(ceiling);
    }

    /**
     * Sixteen hexadecimal digits that stand for all that is said here: the same for the same rules, bounds and precedence in
     * whatever order they were given, another when any of them differs. The host's own policies add what their
     * {@link RetentionPolicy#fingerprint()} says now.
     *
     * @throws MaintenanceException if a policy gives null
     */
    public String fingerprint() {
        Fingerprint fingerprint = new Fingerprint();
        fingerprint.add("precedence", precedence.name());
        floor().ifPresent(time -> fingerprint.add("floor", time.toString()));
        ceiling().ifPresent(time -> fingerprint.add("ceiling", time.toString()));
        declared.forEach((scope, rule) -> fingerprint.add(
                "rule",
                scope.level().name(),
                id(scope).orElse(""),
                rule.keptFor().map(Duration::toString).orElse("forever"),
                String.valueOf(rule.latest())));
        policies.forEach(policy -> fingerprint.add("policy", fingerprintOf(policy)));
        return fingerprint.digits();
    }

    @SuppressWarnings("ConstantValue") // a host's policy may break its contract
    private static String fingerprintOf(RetentionPolicy policy) {
        @Nullable String text = policy.fingerprint();
        if (text == null) {
            throw new MaintenanceException("policy " + policy + " gave null as its fingerprint");
        }
        return text;
    }

    private Optional<RetentionRule> own(RetentionScope scope) {
        RetentionRule found = declared.get(scope);
        for (RetentionPolicy policy : policies) {
            Optional<RetentionRule> rule = answer(policy, scope);
            if (rule.isPresent()) {
                if (found != null) {
                    throw new ContradictionException("two policies have a rule for " + scope + ": \"" + found
                            + "\" and \"" + rule.get() + "\"; at most one may");
                }
                found = rule.get();
            }
        }
        return Optional.ofNullable(found);
    }

    @SuppressWarnings({"OptionalAssignedToNull", "NullableOptional"}) // a host's policy may break its contract
    private static Optional<RetentionRule> answer(RetentionPolicy policy, RetentionScope scope) {
        @Nullable Optional<RetentionRule> rule = policy.ruleFor(scope);
        if (rule == null) {
            throw new MaintenanceException("policy " + policy + " gave null for " + scope
                    + ": it must give a rule, or Optional.empty() when it has none");
        }
        rule.flatMap(given -> countOfUser(scope, given)).ifPresent(problem -> {
            throw new MaintenanceException("policy " + policy + ": " + problem);
        });
        return rule;
    }

    /** Why that rule cannot be for that scope, if so. */
    private static Optional<String> countOfUser(RetentionScope scope, RetentionRule rule) {
        return scope.level() == Level.USER && rule.latest() > 0
                ? Optional.of(scope + ": \"" + rule + "\" given, but the latest are counted by room;"
                        + " for users only times are allowed")
                : Optional.empty();
    }

    /** Two policies have a rule for the same scope: which of them holds, only the host can say. */
    public static final class ContradictionException extends MaintenanceException {

        private static final long serialVersionUID = 1;

        private ContradictionException(String message) {
            super(message);
        }
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        RetentionRule global = declared.get(RetentionScope.global());
        parts.add("global: " + (global == null ? "none" : global));
        declared.keySet().stream()
                .filter(scope -> scope.level() != Level.GLOBAL)
                .sorted(Comparator.comparing(RetentionScope::level).thenComparing(RetentionScope::toString))
                .forEach(scope -> parts.add(scope + ": " + declared.get(scope)));
        policies.forEach(policy -> parts.add("policy " + policy));
        if (precedence != Precedence.MOST_SPECIFIC) {
            parts.add("precedence: " + precedence);
        }
        floor().ifPresent(time -> parts.add("floor: " + KeptTime.text(time)));
        ceiling().ifPresent(time -> parts.add("ceiling: " + KeptTime.text(time)));
        return String.join(", ", parts);
    }

    /** Collects policies. Not thread-safe. */
    public static final class Builder {

        private final Map<RetentionScope, RetentionRule> declared = new LinkedHashMap<>();
        private final List<RetentionPolicy> policies = new ArrayList<>();
        private Precedence precedence = Precedence.MOST_SPECIFIC;
        private @Nullable Duration floor;
        private @Nullable Duration ceiling;

        private Builder() {}

        /**
         * The rule for all messages for which nothing more specific is said. Without one they are kept for ever.
         *
         * @throws IllegalArgumentException if there is one already
         */
        public Builder global(RetentionRule rule) {
            return declare(RetentionScope.global(), rule);
        }

        /**
         * The rule for the rooms of one team, or of whatever else the host groups its rooms by, such as a plan.
         *
         * @param id the team's id as text, letter for letter
         * @throws IllegalArgumentException if the team has one already, or the id is empty
         */
        public Builder team(String id, RetentionRule rule) {
            return declare(RetentionScope.team(id), rule);
        }

        /**
         * The rule for one room.
         *
         * @param id the room's id as text, letter for letter
         * @throws IllegalArgumentException if the room has one already, or the id is empty
         */
        public Builder room(String id, RetentionRule rule) {
            return declare(RetentionScope.room(id), rule);
        }

        /**
         * The rule for what one user sent.
         *
         * @param id the user's id as text, letter for letter
         * @param rule one without a count: the latest are counted by room
         * @throws IllegalArgumentException if the user has one already, the rule has a count, or the id is empty
         */
        public Builder user(String id, RetentionRule rule) {
            return declare(RetentionScope.user(id), rule);
        }

        private Builder declare(RetentionScope scope, RetentionRule rule) {
            Objects.requireNonNull(rule, "rule");
            countOfUser(scope, rule).ifPresent(problem -> {
                throw new IllegalArgumentException(problem);
            });
            RetentionRule before = declared.putIfAbsent(scope, rule);
            if (before != null) {
                throw new IllegalArgumentException(scope + ": \"" + rule + "\" given, but \"" + before
                        + "\" is set already; at most one is allowed");
            }
            return this;
        }

        /** A policy of the host's own, which may have rules for any scope that no other policy has a rule for. */
        public Builder policy(RetentionPolicy policy) {
            policies.add(Objects.requireNonNull(policy, "policy"));
            return this;
        }

        /** Which rule decides when there are several; by default the most specific one. */
        public Builder precedence(Precedence which) {
            precedence = Objects.requireNonNull(which, "precedence");
            return this;
        }

        /**
         * The shortest time that any rule may come to: where a rule would let messages go sooner, they are kept for this long.
         * Such as a legal duty to keep. Where there is no rule it does nothing, since there all is kept. By default there is none.
         *
         * @throws IllegalArgumentException if the time is zero or negative, or longer than 10,000 years
         */
        public Builder floor(Duration time) {
            floor = KeptTime.checked("floor", time, "for no floor set none");
            return this;
        }

        /**
         * The longest time that any rule may come to: where a rule would keep messages longer, for ever too, they go at this age,
         * and so do those that a count keeps. Such as a legal duty to delete. It does nothing where there is no rule: to let
         * everything go at some age, give a global rule. By default there is none.
         *
         * @throws IllegalArgumentException if the time is zero or negative, or longer than 10,000 years
         */
        public Builder ceiling(Duration time) {
            ceiling = KeptTime.checked("ceiling", time, "for no ceiling set none");
            return this;
        }

        /**
         * The policies.
         *
         * @throws IllegalArgumentException if the floor is longer than the ceiling, or a declared rule has a count although the
         *     precedence is {@link Precedence#SHORTEST}
         */
        public RetentionPolicies build() {
            if (floor != null && ceiling != null && floor.compareTo(ceiling) > 0) {
                throw new IllegalArgumentException("floor: " + KeptTime.text(floor)
                        + " given, must not be longer than the ceiling of " + KeptTime.text(ceiling));
            }
            declared.forEach(
                    (scope, rule) -> precedence.uncountable(scope, rule).ifPresent(problem -> {
                        throw new IllegalArgumentException(problem);
                    }));
            return new RetentionPolicies(this);
        }
    }
}
