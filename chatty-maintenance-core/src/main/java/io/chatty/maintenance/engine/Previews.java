package io.chatty.maintenance.engine;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.SettingsException;
import io.chatty.maintenance.task.TaskFingerprints;
import io.chatty.maintenance.task.TimeSpan;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Looks at tasks without running them: their settings, and what they would do. */
final class Previews {

    private final Parts parts;

    Previews(Parts parts) {
        this.parts = parts;
    }

    @FunctionalInterface
    private interface Look<T> {
        T at(MaintenanceTask task) throws Exception;
    }

    private static <T> T with(TaskSource source, Look<T> look) {
        try {
            MaintenanceTask task = source.lend();
            try {
                return look.at(task);
            } finally {
                source.close(task);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new MaintenanceException("looking at task " + source.name() + " failed: " + e, e);
        }
    }

    List<String> problems(TaskSource source) {
        return with(source, task -> {
            String unused = TaskFingerprints.of(task); // refused now, not by the first run
            return task.problems();
        });
    }

    boolean commitsWith(TaskSource source) {
        return with(source, parts.store::commitsWith);
    }

    Preview preview(TaskSource source, TaskSettings settings) {
        return with(source, task -> {
            if (!(task instanceof PreviewableTask previewable)) {
                throw new IllegalArgumentException(
                        "task " + source.name() + " cannot be previewed: it is no PreviewableTask");
            }
            List<String> problems = previewable.problems();
            if (!problems.isEmpty()) {
                throw new SettingsException(problems);
            }
            return preview(previewable, settings);
        });
    }

    private Preview preview(PreviewableTask task, TaskSettings settings) {
        RunId id = RunId.random();
        Instant now = parts.now();
        String fingerprint = TaskFingerprints.of(task);
        Counts counts = Counts.none();
        Optional<TimeSpan> span = Optional.empty();
        Optional<String> awaits = Optional.empty();
        Cursor cursor = null;
        for (long batches = 1; ; batches++) {
            BatchContext context = new BatchContext(id, cursor, settings.largestBatch(), now, null, parts.log);
            BatchResult result;
            try {
                result = RunLoop.checked(task.previewBatch(context), cursor, "previewBatch");
            } catch (MaintenanceException e) {
                throw e;
            } catch (Exception e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                throw new MaintenanceException("the preview of " + task.name() + " failed: " + e, e);
            }
            counts = counts.plus(result.counts());
            span = either(span, result.span());
            awaits = awaits.or(result::awaited);
            if (result.isFinished()) {
                return new Preview(task.name(), now, fingerprint, batches, counts, span, awaits);
            }
            cursor = result.next().orElseThrow();
        }
    }

    private static Optional<TimeSpan> either(Optional<TimeSpan> one, Optional<TimeSpan> other) {
        return one.isPresent() && other.isPresent() ? Optional.of(one.get().and(other.get())) : one.or(() -> other);
    }
}
