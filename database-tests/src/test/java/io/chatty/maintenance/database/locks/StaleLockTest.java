package io.chatty.maintenance.database.locks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.run.ClaimLostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.javacrumbs.shedlock.core.ClockProvider;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What ShedLock's suite does not ask: what a holder can still do whose lock has run out and was taken by another. Of its own
 * providers some free the other's lock then.
 */
final class StaleLockTest {

    private static final Duration LONG = Duration.ofMinutes(10);

    private static Optional<SimpleLock> lock(LockProvider provider, Duration atMost) {
        return provider.lock(new LockConfiguration(ClockProvider.now(), "name", atMost, Duration.ZERO));
    }

    /** A lock that is held so long, once nobody else holds it any more. */
    private static SimpleLock lockOnceFree(LockProvider provider, Duration atMost) {
        Instant deadline = Instant.now().plusSeconds(30);
        while (true) {
            Optional<SimpleLock> lock = lock(provider, atMost);
            if (lock.isPresent()) {
                return lock.get();
            }
            assertThat(Instant.now()).as("the lock before runs out").isBefore(deadline);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_stale_holder_cannot_free_the_lock_of_the_next(StoreKind kind) {
        try (StoreKind.Opened opened = kind.open()) {
            LockProvider provider = new RunStoreLocks(opened.store());
            SimpleLock stale = lockOnceFree(provider, Duration.ofMillis(1));
            SimpleLock next = lockOnceFree(provider, LONG);
            assertThatThrownBy(stale::unlock).isInstanceOf(ClaimLostException.class);
            assertThat(lock(provider, LONG)).isEmpty();
            next.unlock();
            assertThat(lock(provider, LONG)).isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_stale_holder_cannot_extend_over_the_lock_of_the_next(StoreKind kind) {
        try (StoreKind.Opened opened = kind.open()) {
            LockProvider provider = new RunStoreLocks(opened.store());
            SimpleLock stale = lockOnceFree(provider, Duration.ofMillis(1));
            SimpleLock next = lockOnceFree(provider, LONG);
            assertThat(stale.extend(LONG, Duration.ZERO)).isEmpty();
            assertThat(next.extend(LONG, Duration.ZERO)).hasValueSatisfying(SimpleLock::unlock);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_stale_holder_stays_stale_after_the_next_has_run_out_and_another_has_locked(StoreKind kind) {
        try (StoreKind.Opened opened = kind.open()) {
            LockProvider provider = new RunStoreLocks(opened.store());
            SimpleLock first = lockOnceFree(provider, Duration.ofMillis(1));
            SimpleLock second = lockOnceFree(provider, Duration.ofMillis(1));
            SimpleLock third = lockOnceFree(provider, LONG);
            assertThat(first.extend(LONG, Duration.ZERO)).isEmpty();
            assertThatThrownBy(second::unlock).isInstanceOf(ClaimLostException.class);
            assertThat(lock(provider, LONG)).isEmpty();
            third.unlock();
        }
    }
}
