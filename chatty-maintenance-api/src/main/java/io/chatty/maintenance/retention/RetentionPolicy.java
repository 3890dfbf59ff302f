package io.chatty.maintenance.retention;

import java.util.Optional;

/**
 * Gives rules for scopes. A host implements it where rules are its own: from a plan, a table, a contract.
 *
 * <p>It is asked in each batch for the rooms that the batch meets, so it answers from memory, or quickly: it has five seconds a
 * batch. It may be asked from several threads, on one that is not the run's. When it throws, gives null, or does not answer,
 * what it would have decided is kept, and counted as {@code skipped.policyFailed}; the run goes on without it.
 */
@FunctionalInterface
public interface RetentionPolicy {
    /** The rule for exactly that scope; empty if this policy has none, so that a less specific scope decides. */
    Optional<RetentionRule> ruleFor(RetentionScope scope);
}
