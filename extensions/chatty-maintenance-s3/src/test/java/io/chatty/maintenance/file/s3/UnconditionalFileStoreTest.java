package io.chatty.maintenance.file.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.testkit.SweepableStoreContract;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A bucket of an endpoint that does not heed conditions. */
final class UnconditionalFileStoreTest extends SweepableStoreContract {

    private S3FileStore store;

    @BeforeEach
    void open() throws IOException {
        store = new Endpoint(new WithoutConditions()).open("chat/");
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

    /** Two that find nothing at the same moment both write; what is left is whole all the same. */
    @Test
    @Override
    protected void of_two_that_write_one_name_one_wins_whole() throws Exception {
        for (int round = 0; round < 20; round++) {
            String name = "race/" + round;
            ExecutorService writers = Executors.newFixedThreadPool(2);
            try {
                for (Future<?> write : writers.invokeAll(List.of(writes(name, "a"), writes(name, "b")))) {
                    write.get();
                }
            } finally {
                writers.shutdownNow();
            }
            try (InputStream in = store.open(name)) {
                assertThat(new String(in.readAllBytes(), UTF_8)).isIn("a".repeat(10_000), "b".repeat(10_000));
            }
        }
    }

    private Callable<Void> writes(String name, String letter) {
        return () -> {
            try {
                store.write(name, out -> out.write(letter.repeat(10_000).getBytes(UTF_8)));
            } catch (FileAlreadyExistsException e) {
                assertThat(e).hasMessageContaining(name);
            }
            return null;
        };
    }
}
