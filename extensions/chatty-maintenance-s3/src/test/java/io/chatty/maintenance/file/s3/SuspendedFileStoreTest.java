package io.chatty.maintenance.file.s3;

import io.chatty.maintenance.file.FileStore;
import io.chatty.maintenance.testkit.FileStoreContract;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;

/** A bucket whose versions are suspended. */
final class SuspendedFileStoreTest extends FileStoreContract {

    private S3FileStore store;

    @BeforeEach
    void open() throws IOException {
        store = new Endpoint().suspended().open("chat/");
    }

    @Override
    protected FileStore store() {
        return store;
    }

    @Override
    protected Instant now() {
        return Instant.now();
    }
}
