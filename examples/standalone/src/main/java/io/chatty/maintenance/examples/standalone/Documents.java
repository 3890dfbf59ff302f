package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.engine.Preview;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.TimeSpan;
import io.chatty.maintenance.task.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What programs read: the same keys always, null for what is not there, instants in ISO-8601, durations in seconds.
 */
final class Documents {

    private Documents() {}

    /** A document with these keys, in their order. */
    static Map<String, @Nullable Object> of(@Nullable Object... keysAndValues) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            document.put(String.valueOf(keysAndValues[i]), plain(keysAndValues[i + 1]));
        }
        return document;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.map(Documents::plain).orElse(null);
        }
        if (value instanceof Duration duration) {
            return duration.toNanos() / 1e9;
        }
        return value instanceof Instant || value instanceof Enum<?> ? value.toString() : value;
    }

    static Map<String, @Nullable Object> of(Run run) {
        Usage usage = run.usage();
        return of(
                "id", run.id().value(),
                "task", run.task(),
                "state", run.state(),
                "due", run.due(),
                "now", run.now(),
                "createdAt", run.createdAt(),
                "endedAt", run.endedAt(),
                "seconds", run.duration(),
                "batches", run.batches(),
                "counts", run.counts().asMap(),
                "usage", usage.amounts().asMap(),
                "bottleneck", usage.bottleneck(),
                "cursor", Optional.ofNullable(run.lastCursor()).map(Cursor::text),
                "owner", run.owner(),
                "token", run.token(),
                "cutOffs", run.cutOffs(),
                "folded", run.folded(),
                "fingerprint", run.fingerprint(),
                "detail", run.detail());
    }

    static Map<String, @Nullable Object> of(Preview preview) {
        return of(
                "task", preview.task(),
                "now", preview.now(),
                "fingerprint", preview.fingerprint(),
                "batches", preview.batches(),
                "oldest", preview.span().map(TimeSpan::oldest),
                "newest", preview.span().map(TimeSpan::newest),
                "awaits", preview.awaits(),
                "counts", preview.counts().asMap());
    }

    static Map<String, @Nullable Object> of(Failure failure) {
        return of(
                "code", failure.code(),
                "kind", failure.kind(),
                "message", failure.message(),
                "mistakes", failure.mistakes());
    }
}
