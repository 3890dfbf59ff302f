package io.chatty.maintenance.engine;

import io.chatty.maintenance.task.MaintenanceException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What went wrong with one task, by kind, since the engine was built. Thread-safe. */
final class TaskErrors {

    private static final int MOST_KINDS = 20;
    private static final int DETAIL_LENGTH = 2000;

    private final Map<String, TaskError> byKind = new LinkedHashMap<>();

    /** Gives the kind that it was counted as; there are {@link #MOST_KINDS} at most. */
    synchronized String add(Throwable failure, Instant at) {
        Throwable root = failure;
        for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
            root = root.getCause();
        }
        String kind = root.getClass().getName();
        if (byKind.size() == MOST_KINDS && !byKind.containsKey(kind)) {
            kind = "others";
            byKind.keySet().stream().findFirst().ifPresent(first -> {
                if (!byKind.containsKey("others")) {
                    byKind.remove(first);
                }
            });
        }
        TaskError before = byKind.remove(kind); // the last comes last
        byKind.put(
                kind,
                new TaskError(
                        kind,
                        before == null ? at : before.firstSeen(),
                        at,
                        before == null ? 1 : before.count() + 1,
                        describe(failure)));
        return kind;
    }

    /** The last first. */
    synchronized List<TaskError> all() {
        List<TaskError> all = new ArrayList<>(byKind.values());
        Collections.reverse(all);
        return List.copyOf(all);
    }

    /**
     * What was thrown in code of the host's, or what stands for it where its message cannot be read: whoever wraps such a
     * throwable, a future for one, would fail as well.
     */
    static Throwable readable(Throwable thrown) {
        try {
            String unused = describe(thrown);
            return thrown;
        } catch (Throwable e) { // it may be anything; only its class can be told
            return new MaintenanceException(thrown.getClass().getName() + ", whose message cannot be read");
        }
    }

    /** The failure and its causes, for a person. */
    static String describe(Throwable failure) {
        StringBuilder text = new StringBuilder(String.valueOf(failure));
        Throwable cause = failure.getCause();
        for (int depth = 0; cause != null && depth < 10; depth++) {
            if (text.indexOf(String.valueOf(cause.getMessage())) < 0) {
                text.append("; caused by ").append(cause);
            }
            cause = cause.getCause();
        }
        return text.length() > DETAIL_LENGTH ? text.substring(0, DETAIL_LENGTH) : text.toString();
    }
}
