package io.chatty.maintenance.file.s3;

import static io.chatty.maintenance.file.FileQuarantine.Outcome.ABSENT;
import static io.chatty.maintenance.file.FileQuarantine.Outcome.CHANGED;
import static io.chatty.maintenance.file.FileQuarantine.Outcome.DONE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.FileQuarantine;
import io.chatty.maintenance.file.FileQuarantine.Moved;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are set aside where a marker would destroy them: in their place, as the ledger alone knows. */
@ParameterizedClass
@CsvSource({"false, true", "false, false", "true, true", "true, false"})
final class InPlaceQuarantineTest {

    private static final RunId RUN = RunId.random();

    private final Endpoint endpoint;
    private final boolean conditions;
    private S3FileStore store;
    private FileQuarantine quarantine;

    InPlaceQuarantineTest(boolean suspended, boolean conditions) {
        this.conditions = conditions;
        Endpoint made = conditions ? new Endpoint() : new Endpoint(new WithoutConditions());
        endpoint = suspended ? made.suspended() : made;
    }

    @BeforeEach
    void open() throws IOException {
        store = endpoint.open("chat/");
        quarantine = store.quarantine();
    }

    private FileState put(String name, String text) throws IOException {
        endpoint.put("chat/" + name, text);
        return store.look(name).orElseThrow();
    }

    private QuarantinedFile aside(String name, FileState state) throws IOException {
        Moved moved = quarantine.move(name, state, RUN);
        assertThat(moved.outcome()).isEqualTo(DONE);
        return moved.file().orElseThrow();
    }

    @Test
    void a_file_that_is_set_aside_stays_where_it_is_and_nothing_is_sent_that_changes_it() throws IOException {
        FileState state = put("a", "one");
        endpoint.wire.takeSent();
        QuarantinedFile file = aside("a", state);
        assertThat(quarantine.restore(file)).isEqualTo(DONE);
        assertThat(quarantine.find("a", state, RUN)).isEmpty();
        assertThat(quarantine.list()).isEmpty();
        assertThat(endpoint.wire.takeSent()).noneMatch(request -> request.startsWith("DELETE"));

        assertThat(file).isEqualTo(new QuarantinedFile("a", RUN, state));
        assertThat(endpoint.get("chat/a")).isEqualTo("one");
        try (InputStream in = quarantine.open(file)) {
            assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo("one");
        }
    }

    @Test
    void a_file_that_was_set_aside_is_deleted_as_it_was_judged() throws IOException {
        QuarantinedFile file = aside("a", put("a", "one"));
        assertThat(quarantine.delete(file)).isEqualTo(DONE);
        assertThat(endpoint.keys()).isEmpty();
        assertThat(quarantine.delete(file)).isEqualTo(ABSENT);
        assertThat(quarantine.restore(file)).isEqualTo(ABSENT);
        assertThatThrownBy(() -> quarantine.open(file)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void a_file_that_was_written_over_is_not_deleted() throws IOException {
        QuarantinedFile file = aside("a", put("a", "one"));
        endpoint.put("chat/a", "two");
        assertThat(quarantine.delete(file)).isEqualTo(CHANGED);
        assertThat(quarantine.restore(file)).isEqualTo(CHANGED);
        assertThatThrownBy(() -> quarantine.open(file)).isInstanceOf(NoSuchFileException.class);
        assertThat(endpoint.get("chat/a")).isEqualTo("two");
    }

    @Test
    void a_file_that_was_written_again_with_the_same_content_is_not_deleted() throws IOException {
        FileState now = put("a", "one");
        QuarantinedFile file = new QuarantinedFile(
                "a", RUN, new FileState(now.size(), now.changedAt().minusSeconds(1), now.version()));
        assertThat(quarantine.delete(file)).isEqualTo(CHANGED);
        assertThat(quarantine.deleteAll(List.of(file)).get(0).get()).isEqualTo(CHANGED);
        assertThat(quarantine.move("a", file.state(), RUN).outcome()).isEqualTo(CHANGED);
        assertThat(endpoint.get("chat/a")).isEqualTo("one");
    }

    /** Where they are not heeded this is the rest that cannot be prevented. */
    @Test
    void what_replaces_a_file_between_the_look_and_its_deletion_stays_where_conditions_are_heeded() throws IOException {
        QuarantinedFile file = aside("a", put("a", "one"));
        endpoint.wire.go(request -> {
            if (request.method().name().equals("DELETE")) {
                endpoint.put("chat/a", "two");
            }
            return Wire.Fault.NONE;
        });
        assertThat(quarantine.delete(file)).isEqualTo(conditions ? CHANGED : DONE);
        assertThat(endpoint.keys()).hasSize(conditions ? 1 : 0);
    }
}
