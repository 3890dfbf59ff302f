package io.chatty.maintenance.config;

import io.chatty.maintenance.engine.Priority;
import io.chatty.maintenance.engine.TaskSettings;
import io.chatty.maintenance.schedule.MissedRuns;
import io.chatty.maintenance.schedule.Overlap;
import java.time.Duration;

/** {@code task-defaults}, and the same settings of one task. */
final class TaskSettingsSection {

    private enum Missed {
        ONCE,
        SKIP
    }

    private enum RetryIf {
        TRANSIENT,
        ANY
    }

    private TaskSettingsSection() {}

    /** The settings: what the section does not set is as {@link TaskSettings#defaults} has it. */
    static TaskSettings read(Section section) {
        TaskSettings.Builder builder = TaskSettings.builder();
        section.set("priority", Kind.oneOf(Priority.class), builder::priority);
        section.set("group", Kind.TEXT, builder::group);
        section.set("overlap", Kind.oneOf(Overlap.class), builder::overlap);
        section.set("jitter", Kind.DURATION, builder::jitter);
        section.set("spread", Kind.DURATION, builder::spread);
        section.set("target-batch-time", Kind.DURATION, builder::targetBatchTime);
        section.set("items-per-second", Kind.WHOLE_NUMBER, builder::itemsPerSecond);
        section.set("operations-per-second", Kind.WHOLE_NUMBER, builder::operationsPerSecond);
        section.set("bytes-per-second", Kind.BYTES, builder::bytesPerSecond);
        section.set("batch-timeout", Kind.DURATION, builder::batchTimeout);
        section.set("run-timeout", Kind.DURATION, builder::runTimeout);
        section.set("retries", Kind.COUNT, builder::retries);
        section.set("breaker-failures", Kind.COUNT, builder::breakerFailures);
        section.set(
                "retry-if",
                Kind.oneOf(RetryIf.class),
                which -> builder.retryIf(which == RetryIf.ANY ? failure -> true : TaskSettings::isTransient));
        missedRuns(section, builder);
        batchSize(section, builder);
        retryDelay(section, builder);
        return builder.build();
    }

    private static void missedRuns(Section section, TaskSettings.Builder builder) {
        Missed missed = section.get("missed-runs", Kind.oneOf(Missed.class)).orElse(Missed.ONCE);
        section.set("start-deadline", Kind.DURATION, deadline -> {
            MissedRuns once = MissedRuns.once(deadline);
            builder.missedRuns(missed == Missed.SKIP ? MissedRuns.skip() : once);
        });
    }

    private static void batchSize(Section section, TaskSettings.Builder builder) {
        TaskSettings defaults = TaskSettings.defaults();
        int smallest = section.get("smallest-batch", Kind.COUNT).orElse(defaults.smallestBatch());
        int largest = section.get("largest-batch", Kind.COUNT).orElse(defaults.largestBatch());
        if (section.attempt("smallest-batch", () -> builder.batchSize(smallest))) {
            section.attempt("largest-batch", () -> builder.batchSize(smallest, largest));
        }
    }

    private static void retryDelay(Section section, TaskSettings.Builder builder) {
        TaskSettings defaults = TaskSettings.defaults();
        Duration first = section.get("retry-delay", Kind.DURATION).orElse(defaults.retryDelay());
        Duration longest = section.get("longest-retry-delay", Kind.DURATION).orElse(defaults.longestRetryDelay());
        if (section.attempt("retry-delay", () -> builder.retryDelay(first, first))) {
            section.attempt("longest-retry-delay", () -> builder.retryDelay(first, longest));
        }
    }
}
