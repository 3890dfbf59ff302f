package io.chatty.maintenance.testkit;

import io.chatty.maintenance.file.FileStore;
import java.time.Instant;

final class InMemoryFileStoreTest extends FileStoreContract {

    private final TestClock clock = new TestClock(Instant.parse("2026-06-15T12:00:00Z"));
    private final FileStore store = new InMemoryFileStore(clock);

    @Override
    protected FileStore store() {
        return store;
    }

    @Override
    protected Instant now() {
        return clock.instant();
    }
}
