package io.chatty.maintenance.testkit;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.TaskContext;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Counts in its first batch, then wants to be confirmed, and deletes in two more. */
final class CautiousTask implements MaintenanceTask {

    static final String REASON = "4 of 9 would go";

    /** The cursors given to batches, "start" for none. */
    final List<String> cursors = new CopyOnWriteArrayList<>();

    /** The nows given to batches. */
    final List<Instant> nows = new CopyOnWriteArrayList<>();

    volatile String fingerprint = "a year";

    private volatile Runnable asked = () -> {};
    private volatile CountedTask.Within within = context -> {};

    CautiousTask within(CountedTask.Within action) {
        within = action;
        return this;
    }

    /** What it does when it is asked for its fingerprint. */
    void asked(Runnable action) {
        asked = action;
    }

    @Override
    public String name() {
        return "tidy";
    }

    @Override
    public String fingerprint() {
        asked.run();
        return fingerprint;
    }

    @Override
    public BatchResult runBatch(TaskContext context) throws Exception {
        String cursor = context.cursor().map(Cursor::text).orElse("start");
        cursors.add(cursor);
        nows.add(context.now());
        within.batch(context);
        Counts deleted = Counts.none().plus("deleted", 2);
        return switch (cursor) {
            case "start" ->
                BatchResult.awaitConfirmation(new Cursor("confirmed"), REASON)
                        .with(Counts.none().plus("examined", 9));
            case "confirmed" -> BatchResult.next(new Cursor("half")).with(deleted);
            default -> BatchResult.finished().with(deleted);
        };
    }
}
