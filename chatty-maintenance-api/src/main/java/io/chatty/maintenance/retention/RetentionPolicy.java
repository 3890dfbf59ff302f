package io.chatty.maintenance.retention;

import java.util.Optional;

/**
 * Gives rules for scopes. A host implements it where rules are its own: from a plan, a table, a contract.
 *
 * <p>It is asked in each batch for the rooms that the batch meets, so it answers from memory, or quickly; it may be asked
 * from several threads. When it throws, or gives null, the run fails and nothing of that batch is deleted.
 */
@FunctionalInterface
public interface RetentionPolicy {
    /** The rule for exactly that scope; empty if this policy has none, so that a less specific scope decides. */
    Optional<RetentionRule> ruleFor(RetentionScope scope);
}
