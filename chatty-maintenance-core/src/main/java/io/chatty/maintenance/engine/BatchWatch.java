package io.chatty.maintenance.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a batch ends: at its timeout what the task gave to {@code onCancel} is called, after a grace its thread is
 * interrupted, after one more the thread is written off.
 */
final class BatchWatch {

    /** Between two steps. Not shorter: an embedded database whose files an interrupted thread reads is broken for all. */
    static final Duration GRACE = Duration.ofSeconds(10);

    private final Parts parts;
    private final RunLoop loop;
    private final BatchContext context;
    private Timer.@Nullable Shot shot; // guarded by this
    private boolean ended; // guarded by this

    private BatchWatch(Parts parts, RunLoop loop, BatchContext context) {
        this.parts = parts;
        this.loop = loop;
        this.context = context;
    }

    static BatchWatch begin(Parts parts, RunLoop loop, BatchContext context, Duration timeout) {
        BatchWatch watch = new BatchWatch(parts, loop, context);
        watch.after(timeout, watch::cancel);
        return watch;
    }

    private synchronized void after(Duration wait, Runnable step) {
        if (!ended) {
            shot = parts.timer.after(wait, step);
        }
    }

    private void cancel() {
        context.markLate();
        context.cancel();
        after(GRACE, this::interrupt);
    }

    private void interrupt() {
        loop.interruptBatch(context);
        after(GRACE, () -> Parts.aside("write-off", () -> loop.writeOff(context)));
    }

    synchronized void end() {
        ended = true;
        if (shot != null) {
            shot.cancel();
        }
    }
}
