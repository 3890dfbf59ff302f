package io.chatty.maintenance.file.s3;

import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.testkit.SweepableStoreContract;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;

/** A bucket whose versions are suspended. */
final class SuspendedFileStoreTest extends SweepableStoreContract {

    private S3FileStore store;

    @BeforeEach
    void open() throws IOException {
        store = new Endpoint().suspended().open("chat/");
    }

    @Override
    protected SweepableStore store() {
        return store;
    }

    @Override
    protected boolean locksOut() {
        return false;
    }

    @Override
    protected boolean setsApart() {
        return false;
    }

    @Override
    protected Instant now() {
        return Instant.now();
    }
}
