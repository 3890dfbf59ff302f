package io.chatty.maintenance.database.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.run.Run;
import java.time.Instant;

/** Waits for runs that a test did not begin itself. */
final class Runs {

    private Runs() {}

    /** The newest run of the cleanup, once it has ended. */
    static Run awaitEnd(MaintenanceEngine engine, String label) {
        Instant deadline = Instant.now().plusSeconds(30);
        while (true) {
            Run run = engine.history("message-cleanup", 1).get(0);
            if (!run.state().isActive()) {
                return run;
            }
            assertThat(Instant.now())
                    .as(label + ": the run never ended: " + run)
                    .isBefore(deadline);
        }
    }
}
