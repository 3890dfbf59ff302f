package io.chatty.maintenance.file.s3;

import static io.chatty.maintenance.file.FileQuarantine.Outcome.ABSENT;
import static io.chatty.maintenance.file.FileQuarantine.Outcome.CHANGED;
import static io.chatty.maintenance.file.FileQuarantine.Outcome.DONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.QuarantinedFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are set aside where a marker would destroy them: in their place, as the ledger alone knows. */
@ParameterizedClass
@CsvSource({"false, true", "false, false", "true, true", "true, false"})
final class InPlaceQuarantineTest extends QuarantineCase {

    private final boolean conditions;

    InPlaceQuarantineTest(boolean suspended, boolean conditions) {
        super(suspended ? endpoint(conditions).suspended() : endpoint(conditions));
        this.conditions = conditions;
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
        assertThat(read(file)).isEqualTo("one");
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
