package io.chatty.maintenance.testkit;

import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.MaintenanceTask;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the batches that are open in a store at the moment: in a database each would hold a connection. */
final class OpenBatches extends ForwardingStore {

    final AtomicInteger open = new AtomicInteger();

    OpenBatches(RunStore target) {
        super(target);
    }

    @Override
    public Run inBatch(RunClaim claim, MaintenanceTask task, Batch batch) throws Exception {
        open.incrementAndGet();
        try {
            return super.inBatch(claim, task, batch);
        } finally {
            open.decrementAndGet();
        }
    }
}
