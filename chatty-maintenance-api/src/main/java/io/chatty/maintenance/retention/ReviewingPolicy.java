package io.chatty.maintenance.retention;

import java.util.Optional;
import java.util.Set;

/**
 * A policy that looks at single messages: of those that the rules would let go it may keep some. It can never remove more than
 * the rules do. Reviewing costs: what is due is read and shown to it row by row, a batch at a time, in bounded memory.
 *
 * <p>For asking, failing and threads the same holds as for every {@link RetentionPolicy}: a message whose review throws, gives
 * null, or does not come back is kept. With several reviewing policies a message goes only when each lets it pass.
 */
public interface ReviewingPolicy extends RetentionPolicy {

    /** Keeps that message, with a reason, or lets it pass. It is asked only about messages that the rules let go. */
    Verdict review(MessageView message);

    /**
     * The columns of the message table that {@link #review} reads beside what every {@link MessageView} has; by default none.
     * Names letter for letter as in the database's catalogue.
     */
    default Set<String> columns() {
        return Set.of();
    }

    /** By default it has no rule for any scope and only reviews. */
    @Override
    default Optional<RetentionRule> ruleFor(RetentionScope scope) {
        return Optional.empty();
    }
}
