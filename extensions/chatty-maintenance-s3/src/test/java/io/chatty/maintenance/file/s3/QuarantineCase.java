package io.chatty.maintenance.file.s3;

import static io.chatty.maintenance.file.FileQuarantine.Outcome.DONE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.file.FileQuarantine;
import io.chatty.maintenance.file.FileQuarantine.Moved;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.BeforeEach;

/** A store below {@code chat/} at an endpoint, and files in it that are set aside. */
abstract class QuarantineCase {

    static final RunId RUN = RunId.random();

    final Endpoint endpoint;
    S3FileStore store;
    FileQuarantine quarantine;

    QuarantineCase(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** An endpoint that heeds conditions, or one that does not. */
    static Endpoint endpoint(boolean conditions) {
        return conditions ? new Endpoint() : new Endpoint(new WithoutConditions());
    }

    @BeforeEach
    void open() throws IOException {
        store = endpoint.open("chat/");
        quarantine = store.quarantine();
    }

    FileState put(String name, String text) throws IOException {
        endpoint.put("chat/" + name, text);
        return store.look(name).orElseThrow();
    }

    QuarantinedFile aside(String name, FileState state) throws IOException {
        Moved moved = quarantine.move(name, state, RUN);
        assertThat(moved.outcome()).isEqualTo(DONE);
        return moved.file().orElseThrow();
    }

    String read(QuarantinedFile file) throws IOException {
        try (InputStream in = quarantine.open(file)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
