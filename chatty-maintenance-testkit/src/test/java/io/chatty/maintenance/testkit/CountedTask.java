package io.chatty.maintenance.testkit;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.task.TaskContext;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes a number of batches for a run, counts one item in each, and remembers what it was given. */
final class CountedTask implements PreviewableTask {

    /** What a test does within a batch. */
    @FunctionalInterface
    interface Within {
        void batch(TaskContext context) throws Exception;
    }

    /** The cursors given to batches, "start" for none. */
    final List<String> cursors = new CopyOnWriteArrayList<>();

    /** The nows given to batches. */
    final List<Instant> nows = new CopyOnWriteArrayList<>();

    private final String name;
    private final int batches;
    private volatile Within within = context -> {};

    CountedTask(String name, int batches) {
        this.name = name;
        this.batches = batches;
    }

    CountedTask within(Within action) {
        within = action;
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public BatchResult runBatch(TaskContext context) throws Exception {
        cursors.add(context.cursor().map(Cursor::text).orElse("start"));
        nows.add(context.now());
        within.batch(context);
        return result(context, "done");
    }

    @Override
    public BatchResult previewBatch(TaskContext context) {
        return result(context, "due.done");
    }

    private BatchResult result(TaskContext context, String count) {
        int number = context.cursor().map(Cursor::text).map(Integer::parseInt).orElse(0) + 1;
        BatchResult result =
                number >= batches ? BatchResult.finished() : BatchResult.next(new Cursor(Integer.toString(number)));
        return result.with(Counts.none().plus(count, 1));
    }
}
