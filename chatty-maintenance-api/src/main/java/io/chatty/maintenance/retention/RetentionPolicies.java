package io.chatty.maintenance.retention;

import io.chatty.maintenance.task.MaintenanceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All policies of a host, and which of their rules decides: the room's where there is one, else the global one, else the
 * messages are kept for ever. The same object answers for the SQL and for whoever asks. Immutable, as far as the policies
 * given to it are.
 */
public final class RetentionPolicies {

    private final @Nullable RetentionRule global;
    private final Map<String, RetentionRule> rooms;
    private final List<RetentionPolicy> policies;

    private RetentionPolicies(Builder builder) {
        this.global = builder.global;
        this.rooms = Map.copyOf(builder.rooms);
        this.policies = List.copyOf(builder.policies);
    }

    /** Starts with no policy at all: everything is kept for ever. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The rule that decides about messages of that room.
     *
     * @throws ContradictionException if two policies have a rule for the same scope
     * @throws MaintenanceException if a policy gives null
     */
    public RetentionRule ruleForRoom(String room) {
        return own(RetentionScope.room(room), rooms.get(room)).orElseGet(this::ruleWithoutRoom);
    }

    /**
     * The rule that decides about messages that are in no room, and of rooms without a rule of their own.
     *
     * @throws ContradictionException if two policies have a global rule
     * @throws MaintenanceException if a policy gives null
     */
    public RetentionRule ruleWithoutRoom() {
        return own(RetentionScope.global(), global).orElse(RetentionRule.keepForever());
    }

    /** The rooms that were given a rule by {@link Builder#room}. */
    public Set<String> rooms() {
        return rooms.keySet();
    }

    /** Whether there are policies of the host's own, which can have a rule for any room. */
    public boolean mayDecideAnyRoom() {
        return !policies.isEmpty();
    }

    /** Whether a room can have another rule than the global one. */
    public boolean dependsOnRoom() {
        return !rooms.isEmpty() || !policies.isEmpty();
    }

    private Optional<RetentionRule> own(RetentionScope scope, @Nullable RetentionRule given) {
        RetentionRule found = given;
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
        return rule;
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
        parts.add("global: " + (global == null ? "none" : global));
        new TreeMap<>(rooms).forEach((room, rule) -> parts.add("room " + room + ": " + rule));
        policies.forEach(policy -> parts.add("policy " + policy));
        return String.join(", ", parts);
    }

    /** Collects policies. Not thread-safe. */
    public static final class Builder {

        private @Nullable RetentionRule global;
        private final Map<String, RetentionRule> rooms = new TreeMap<>();
        private final List<RetentionPolicy> policies = new ArrayList<>();

        private Builder() {}

        /**
         * The rule for all messages for which nothing more specific is said. Without one they are kept for ever.
         *
         * @throws IllegalArgumentException if there is one already
         */
        public Builder global(RetentionRule rule) {
            Objects.requireNonNull(rule, "rule");
            if (global != null) {
                throw new IllegalArgumentException("global: \"" + rule + "\" given, but \"" + global
                        + "\" is set already; at most one is allowed");
            }
            global = rule;
            return this;
        }

        /**
         * The rule for one room.
         *
         * @param id the room's id as text, letter for letter
         * @throws IllegalArgumentException if the room has one already, or the id is empty
         */
        public Builder room(String id, RetentionRule rule) {
            RetentionScope.room(id);
            Objects.requireNonNull(rule, "rule");
            RetentionRule before = rooms.putIfAbsent(id, rule);
            if (before != null) {
                throw new IllegalArgumentException("room " + id + ": \"" + rule + "\" given, but \"" + before
                        + "\" is set already; at most one is allowed");
            }
            return this;
        }

        /** A policy of the host's own, which may have rules for any scope that no other policy has a rule for. */
        public Builder policy(RetentionPolicy policy) {
            policies.add(Objects.requireNonNull(policy, "policy"));
            return this;
        }

        /** The policies. */
        public RetentionPolicies build() {
            return new RetentionPolicies(this);
        }
    }
}
