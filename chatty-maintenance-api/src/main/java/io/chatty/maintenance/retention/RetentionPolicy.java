package io.chatty.maintenance.retention;

import java.util.Collection;
import java.util.Optional;

/**
 * Gives rules for scopes. A host implements it where rules are its own: from a plan, a table, a contract.
 *
 * <p>It is asked in each batch for the scopes that the batch meets, so it answers from memory, or quickly: it has five seconds a
 * batch. It may be asked from several threads, on one that is not the run's. When it throws, gives null, or does not answer,
 * what it would have decided is kept, and counted as {@code skipped.policyFailed}; the run goes on without it.
 */
@FunctionalInterface
public interface RetentionPolicy {
    /** The rule for exactly that scope; empty if this policy has none, so that a less specific scope decides. */
    Optional<RetentionRule> ruleFor(RetentionScope scope);

    /**
     * A policy that says of those scopes what this one does, and soon: a batch asks for it once, then asks it about each of them,
     * and about no other. A policy that reads its rules from somewhere reads them here, all at once, instead of one by one in
     * {@link #ruleFor}. When it throws or gives null, the same holds as for {@link #ruleFor}.
     *
     * <p>By default it is this policy itself.
     *
     * @param scopes all that will be asked about, the global one among them
     */
    default RetentionPolicy preparedFor(Collection<RetentionScope> scopes) {
        return this;
    }

    /**
     * A short text that says what the policy's content comes to: equal as long as the policy would give the same rules,
     * another when any of them changes. It goes into {@link RetentionPolicies#fingerprint()}, by which a run that waits for its
     * confirmation is known to wait for what was looked at. A policy whose rules can change should override this, for instance
     * by a version, or by the settings it was made from.
     *
     * <p>Unless overridden it is the name of the class (for a lambda of the class that it stands in), which tells one policy
     * from another, but nothing about a change within.
     */
    default String fingerprint() {
        String name = getClass().getName();
        int lambda = name.indexOf("$$Lambda"); // what follows differs each time that the program starts
        return lambda < 0 ? name : name.substring(0, lambda);
    }
}
