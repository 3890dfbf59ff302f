package io.chatty.maintenance.file.s3;

import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.testkit.SweepableStoreContract;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;

/** A bucket that keeps no versions. */
final class S3FileStoreTest extends SweepableStoreContract {

    private S3FileStore store;

    @BeforeEach
    void open() throws IOException {
        store = new Endpoint().open("chat/");
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
