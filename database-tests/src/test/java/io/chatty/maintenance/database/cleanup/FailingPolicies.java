package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;

import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Policies by which a batch fails. */
final class FailingPolicies {

    private FailingPolicies() {}

    /** Everything is kept for 50 days; a batch that asks while they are broken fails, since two policies contradict one another. */
    static RetentionPolicies keep50Days(AtomicBoolean broken) {
        return RetentionPolicies.builder()
                .global(RetentionRule.keepFor(ofDays(50)))
                .policy(scope -> broken.get() && scope.equals(RetentionScope.global())
                        ? Optional.of(RetentionRule.keepFor(ofDays(10)))
                        : Optional.empty())
                .build();
    }
}
