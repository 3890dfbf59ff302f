package io.chatty.maintenance.file.finding;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.TaskContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What previews remember from one batch to the next, which leaves no trace: four at once at most, the oldest is given up for one
 * more. Thread-safe.
 *
 * @param <T> what each of them remembers
 */
public final class Previews<T> {

    private static final int MOST = 4;

    private final Map<String, T> remembered = new LinkedHashMap<>(); // guarded by this

    /** None yet. */
    public Previews() {}

    /** A batch of a preview. */
    @FunctionalInterface
    public interface Batch<T> {
        /** Does it, with what the preview remembers. */
        BatchResult run(T remembers) throws Exception;
    }

    /**
     * Does a batch of a preview.
     *
     * @param begin what a preview remembers at its begin
     * @throws MaintenanceException if it was given up
     */
    public BatchResult batch(TaskContext context, Supplier<T> begin, Batch<T> batch) throws Exception {
        BatchResult result = batch.run(of(context, begin));
        if (result.isFinished()) {
            end(context);
        }
        return result;
    }

    private synchronized T of(TaskContext context, Supplier<T> begin) {
        String run = context.runId().value();
        if (context.cursor().isEmpty()) {
            remembered.put(run, begin.get());
            if (remembered.size() > MOST) {
                remembered.remove(remembered.keySet().iterator().next());
            }
        }
        T found = remembered.get(run);
        if (found == null) {
            throw new MaintenanceException(
                    "this preview was given up, since " + MOST + " others have begun after it; begin it again");
        }
        return found;
    }

    private synchronized void end(TaskContext context) {
        remembered.remove(context.runId().value());
    }
}
