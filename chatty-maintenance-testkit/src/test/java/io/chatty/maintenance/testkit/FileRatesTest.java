package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.TaskSettings;
import io.chatty.maintenance.file.FileReference;
import io.chatty.maintenance.file.duplicate.DuplicateFiles;
import io.chatty.maintenance.file.limit.FileLimits;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.file.verify.FileVerification;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.testkit.limit.FakeUsage;
import io.chatty.maintenance.testkit.sweep.Swept;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How fast tasks touch files unless the host says otherwise, by a clock that only the engine's waits move. */
@Timeout(60)
class FileRatesTest {

    private static final Duration WEEK = Duration.ofDays(7);
    private static final Offset<Double> A_BATCH = Offset.offset(0.5);

    private final Stepped stepped = new Stepped();
    private final Swept swept = new Swept();

    private void pass(Duration time) {
        swept.pass(time);
        stepped.advance(time);
    }

    /** For how many seconds a run waits, which is all that takes time. */
    private double secondsOf(MaintenanceTask task, UnaryOperator<TaskSettings.Builder> settings) {
        MaintenanceEngine engine = stepped.timed(new InMemoryRunStore())
                .settings(s -> s.taskDefaults(settings))
                .task(task)
                .build();
        engine.start();
        CompletableFuture<Run> running = engine.runNow(task.name());
        pass(Duration.ofHours(1));
        Run run = running.join();
        engine.close();
        assertThat(run.state()).as(run.toString()).isEqualTo(RunState.SUCCEEDED);
        return run.duration().orElseThrow().toMillis() / 1e3;
    }

    private void write(int files, int bytes) throws Exception {
        for (int i = 0; i < files; i++) {
            swept.write("uploads/" + i, String.format("%0" + bytes + "d", i));
        }
    }

    @Test
    void a_sweep_moves_and_deletes_two_thousand_files_a_second_and_lists_as_fast_as_it_can() throws Exception {
        swept.refer("uploads/used");
        write(8000, 4);
        FileSweep sweep = swept.firstSweep(swept.store).shareLimit(1).build();
        pass(WEEK);
        assertThat(secondsOf(sweep, t -> t)).as("only lists").isZero();
        assertThat(secondsOf(sweep, t -> t)).as("moves").isCloseTo(4, A_BATCH);
        assertThat(swept.quarantined()).hasSize(8000);
        pass(WEEK);
        assertThat(secondsOf(sweep, t -> t.operationsPerSecond(1000)))
                .as("deletes")
                .isCloseTo(8, A_BATCH);
        assertThat(swept.quarantined()).isEmpty();
    }

    @Test
    void limits_give_up_two_thousand_files_a_second_and_choose_them_as_fast_as_they_can() throws Exception {
        FakeUsage usage = new FakeUsage();
        for (int i = 0; i < 8000; i++) {
            usage.add("uploads/" + i, 10, swept.clock.instant(), "r", "u");
        }
        pass(WEEK);
        FileLimits.Builder limits = FileLimits.builder("file-limits", usage, swept.ledger)
                .shareLimit(1)
                .total(10, 10);
        assertThat(secondsOf(limits.reportsOnly().build(), t -> t)).isZero();
        FileLimits acting = FileLimits.builder("file-limits", usage, swept.ledger)
                .shareLimit(1)
                .total(10, 10)
                .build();
        assertThat(secondsOf(acting, t -> t)).isCloseTo(4, A_BATCH);
        assertThat(usage.rows).hasSize(1);
    }

    @Test
    void contents_are_read_at_fifty_million_bytes_a_second() throws Exception {
        write(100, 1_000_000);
        for (int i = 0; i < 100; i++) {
            swept.references.add(new FileReference(
                    "uploads/" + i, "row " + i, OptionalLong.of(1_000_000), Optional.of(sha256("uploads/" + i))));
        }
        pass(WEEK);
        FileVerification.Builder verification =
                FileVerification.builder("file-verification", swept.store).references(swept.references);
        assertThat(secondsOf(verification.contents(0).build(), t -> t))
                .as("looks at sizes")
                .isZero();
        assertThat(secondsOf(verification.contents(1).build(), t -> t))
                .as("reads all")
                .isCloseTo(2, A_BATCH);
        try (DuplicateFiles duplicates = DuplicateFiles.builder("duplicates", swept.store)
                .below("uploads/")
                .build()) {
            assertThat(secondsOf(duplicates, t -> t)).isCloseTo(2, A_BATCH);
        }
    }

    private String sha256(String name) throws Exception {
        try (InputStream in = swept.store.open(name)) {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(in.readAllBytes()));
        }
    }
}
