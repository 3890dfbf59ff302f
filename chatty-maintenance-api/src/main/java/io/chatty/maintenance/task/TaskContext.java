package io.chatty.maintenance.task;

import java.time.Instant;
import java.util.Optional;

/** What a batch is given by the engine. Good for this one batch; {@link #isCancelled} may be asked from any thread. */
public interface TaskContext {

    /** The run that this batch belongs to, or the preview's own id. */
    RunId runId();

    /** The cursor of the last committed batch; empty at the start of a run. */
    Optional<Cursor> cursor();

    /** How many items this batch may look at, at most; one or more. */
    int batchSize();

    /** The one now of the run, fixed when the run was created: every cut-off comes from it. */
    Instant now();

    /** Whether the engine wants the batch to end: a long batch looks now and then, and hands back what it did. */
    boolean isCancelled();

    /**
     * Asks for a call when the batch is to end at once, for a statement in flight. It is called at most once, from another
     * thread; at once if that time has already come.
     */
    void onCancel(Runnable action);

    /**
     * Tells what the batch used, under one of the names of {@link Usage}: adds to what was told before. Default: nothing is
     * kept.
     */
    default void used(String name, long amount) {}
}
