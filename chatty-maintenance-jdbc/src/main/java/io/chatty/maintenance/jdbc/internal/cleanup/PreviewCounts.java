package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.policy.Expiry;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.TimeSpan;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Adds up what is due: by policy, by room, in bytes. Not thread-safe. */
final class PreviewCounts {

    private final Map<String, Long> counts = new TreeMap<>();
    private long messages;
    private @Nullable TimeSpan span;

    void due(MessageRow row, Judge.Judgement judgement) {
        messages++;
        MessageRows.instant(row)
                .map(at -> new TimeSpan(at, at))
                .ifPresent(at -> span = span == null ? at : span.and(at));
        add("due.bytes", row.bytes());
        judgement.decision().ifPresent(decision -> add("due.by." + Expiry.named(decision.label()), 1));
        String room = row.scopes().room();
        if (room != null) {
            add("due.room." + Expiry.named(room), 1);
        }
    }

    private void add(String name, long number) {
        counts.merge(name, number, Long::sum);
    }

    Optional<TimeSpan> span() {
        return Optional.ofNullable(span);
    }

    long messages() {
        return messages;
    }

    Counts counts() {
        return Counts.of(counts);
    }
}
