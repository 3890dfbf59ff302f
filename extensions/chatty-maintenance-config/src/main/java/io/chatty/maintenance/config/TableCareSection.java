package io.chatty.maintenance.config;

import io.chatty.maintenance.engine.TaskSettings;
import io.chatty.maintenance.jdbc.TableCare;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code settings} of a {@code table-care}. */
final class TableCareSection {

    private TableCareSection() {}

    static Optional<TableCare> read(String name, Section settings, TasksSection.Shared shared, TaskSettings task) {
        Map<String, String> also = settings.list("also", Kind.TEXT);
        Optional<Double> deadShare = settings.get("dead-share", Kind.NUMBER);
        Optional<Duration> timeLimit = settings.get("time-limit", Kind.DURATION);
        boolean truncate = settings.get("truncate", Kind.FLAG).orElse(false);
        Optional<Double> freeShare = settings.get("rebuild-free-share", Kind.NUMBER);
        Optional<Long> room = settings.get("rebuild-room", Kind.BYTES);
        settings.end();
        Duration limit = timeLimit.orElse(TableCare.TIME_LIMIT);
        if (limit.compareTo(task.batchTimeout()) >= 0) {
            settings.refuse(
                    "time-limit",
                    Units.inWords("so that " + limit + " hold; allowed is less than the task's batch-timeout, "
                            + task.batchTimeout() + ", which would end the statement first"));
        }
        List<String> pair = List.of("rebuild-free-share", "rebuild-room");
        if (settings.has(pair.get(0)) != settings.has(pair.get(1))) {
            settings.refuse(
                    pair.get(settings.has(pair.get(0)) ? 0 : 1),
                    "but a rebuild takes both " + String.join(" and ", pair));
        }
        if (shared.schema().isEmpty() || shared.database().isEmpty()) {
            return Optional.empty();
        }
        TableCare.Builder builder = shared.database().get().tableCare().name(name);
        also.forEach((at, table) -> also(builder, settings, at, table));
        deadShare.ifPresent(share -> settings.attempt("dead-share", () -> builder.deadShare(share)));
        timeLimit.ifPresent(time -> settings.attempt("time-limit", () -> builder.timeLimit(time)));
        if (truncate) {
            builder.truncate();
        }
        freeShare.ifPresent(share -> room.ifPresent(bytes -> {
            if (settings.attempt("rebuild-free-share", () -> builder.rebuild(share, 1))) {
                settings.attempt("rebuild-room", () -> builder.rebuild(share, bytes));
            }
        }));
        return Optional.of(builder.build());
    }

    private static void also(TableCare.Builder builder, Section settings, String at, String table) {
        try {
            builder.also(table);
        } catch (IllegalArgumentException e) {
            settings.problemAt(at, String.valueOf(e.getMessage()).replaceFirst("^also: ", ""));
        }
    }
}
