package io.chatty.maintenance.engine;

import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The context of one batch. Thread-safe. */
final class BatchContext implements TaskContext {

    private final RunId runId;
    private final @Nullable Cursor cursor;
    private final int batchSize;
    private final Instant now;
    private final @Nullable UsageMeter usage;
    private final EngineLog log;
    private final List<Runnable> onCancel = new ArrayList<>();
    private boolean cancelled;
    private volatile boolean late;

    BatchContext(
            RunId runId,
            @Nullable Cursor cursor,
            int batchSize,
            Instant now,
            @Nullable UsageMeter usage,
            EngineLog log) {
        this.runId = runId;
        this.cursor = cursor;
        this.batchSize = batchSize;
        this.now = now;
        this.usage = usage;
        this.log = log;
    }

    /** The batch has taken longer than it may. */
    void markLate() {
        late = true;
    }

    boolean isLate() {
        return late;
    }

    /** Ends the batch: calls what {@link #onCancel} was given, aside, for it may hang. */
    void cancel() {
        List<Runnable> actions;
        synchronized (this) {
            cancelled = true;
            actions = List.copyOf(onCancel);
            onCancel.clear();
        }
        actions.forEach(action -> Parts.asideOrHere("cancel", () -> call(action)));
    }

    private void call(Runnable action) {
        try {
            action.run();
        } catch (Throwable e) { // a task's error must not end who cancels, a close above all
            log.warn("An action on cancel failed; the batch ends when it looks at isCancelled() next", e);
        }
    }

    @Override
    public RunId runId() {
        return runId;
    }

    @Override
    public Optional<Cursor> cursor() {
        return Optional.ofNullable(cursor);
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public synchronized boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable action) {
        synchronized (this) {
            if (!cancelled) {
                onCancel.add(action);
                return;
            }
        }
        call(action);
    }

    @Override
    public void used(String name, long amount) {
        if (usage != null) {
            usage.add(name, amount);
        }
    }
}
