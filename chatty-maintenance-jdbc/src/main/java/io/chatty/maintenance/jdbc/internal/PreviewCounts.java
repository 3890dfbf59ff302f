package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.task.Counts;
import java.util.Map;
import java.util.TreeMap;

/** Adds up what is due: by policy, by room, in bytes. Not thread-safe. */
final class PreviewCounts {

    private final Map<String, Long> counts = new TreeMap<>();
    private long messages;

    void due(MessageRow row, Judge.Judgement judgement) {
        messages++;
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

    long messages() {
        return messages;
    }

    Counts counts() {
        Counts all = Counts.none();
        for (Map.Entry<String, Long> entry : counts.entrySet()) {
            all = all.plus(entry.getKey(), entry.getValue());
        }
        return all;
    }
}
