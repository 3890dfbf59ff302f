package io.chatty.maintenance.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.FileQuarantine.Judged;
import io.chatty.maintenance.file.FileQuarantine.Moved;
import io.chatty.maintenance.file.FileQuarantine.Outcome;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class FileQuarantineTest {

    private static final RunId RUN = RunId.random();
    private static final FileState STATE = new FileState(3, Instant.EPOCH, "1");

    /** Takes and deletes all files but those whose names begin with {@code bad}. */
    private static final class OneByOne implements FileQuarantine {

        private final List<String> done = new ArrayList<>();

        private void step(String what, String name) throws IOException {
            if (name.startsWith("bad")) {
                throw new IOException("cannot " + what + " " + name);
            }
            done.add(what + " " + name);
        }

        @Override
        public Moved move(String name, FileState judged, RunId run) throws IOException {
            step("move", name);
            return new Moved(Outcome.DONE, Optional.of(new QuarantinedFile(name, run, judged)));
        }

        @Override
        public Outcome delete(QuarantinedFile file) throws IOException {
            step("delete", file.name());
            return Outcome.DONE;
        }

        @Override
        public Optional<QuarantinedFile> find(String name, FileState judged, RunId run) {
            throw new UnsupportedOperationException();
        }

        @Override
        public InputStream open(QuarantinedFile file) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Outcome restore(QuarantinedFile file) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Stream<QuarantinedFile> list() {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void one_file_that_cannot_be_set_aside_does_not_keep_the_others() throws IOException {
        OneByOne quarantine = new OneByOne();
        List<Attempt<Moved>> attempts = quarantine.moveAll(
                List.of(new Judged("a", STATE), new Judged("bad", STATE), new Judged("c", STATE)), RUN);

        assertThat(quarantine.done).containsExactly("move a", "move c");
        assertThat(attempts).hasSize(3);
        assertThat(attempts.get(0).get().file()).contains(new QuarantinedFile("a", RUN, STATE));
        assertThat(attempts.get(0).failure()).isEmpty();
        assertThat(attempts.get(1).failure())
                .hasValueSatisfying(e -> assertThat(e).hasMessage("cannot move bad"));
        assertThatThrownBy(() -> attempts.get(1).get()).hasMessage("cannot move bad");
        assertThat(attempts.get(2).get().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void one_file_that_cannot_be_deleted_does_not_keep_the_others() throws IOException {
        OneByOne quarantine = new OneByOne();
        List<Attempt<Outcome>> attempts = quarantine.deleteAll(List.of(
                new QuarantinedFile("bad", RUN, STATE),
                new QuarantinedFile("b", RUN, STATE),
                new QuarantinedFile("bad2", RUN, STATE)));

        assertThat(quarantine.done).containsExactly("delete b");
        assertThat(attempts)
                .extracting(attempt -> attempt.failure().isPresent())
                .containsExactly(true, false, true);
        assertThat(attempts.get(1).get()).isEqualTo(Outcome.DONE);
    }
}
