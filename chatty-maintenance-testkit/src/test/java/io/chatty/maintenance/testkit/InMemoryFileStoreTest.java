package io.chatty.maintenance.testkit;

import io.chatty.maintenance.file.SweepableStore;
import java.time.Instant;

final class InMemoryFileStoreTest extends SweepableStoreContract {

    private final TestClock clock = new TestClock(Instant.parse("2026-06-15T12:00:00Z"));
    private final SweepableStore store = new InMemoryFileStore(clock);

    @Override
    protected SweepableStore store() {
        return store;
    }

    @Override
    protected Instant now() {
        return clock.instant();
    }
}
