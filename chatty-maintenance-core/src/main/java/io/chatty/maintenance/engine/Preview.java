package io.chatty.maintenance.engine;

import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.TimeSpan;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a task would do if it ran now.
 *
 * @param task its name
 * @param now the now from which its cut-offs were taken
 * @param fingerprint of the task, see {@link io.chatty.maintenance.task.MaintenanceTask#fingerprint}
 * @param batches how many batches were looked at
 * @param counts what would be done, under names that begin with {@code due.}
 * @param span from when to when the items are with which it would be done; empty if there are none, or the task does not tell
 * @param awaits what a person would have to confirm before its run did any of it; empty if nothing, as far as the task tells
 */
public record Preview(
        String task,
        Instant now,
        String fingerprint,
        long batches,
        Counts counts,
        Optional<TimeSpan> span,
        Optional<String> awaits) {

    /** So many counts of one kind are told, such as of rooms; the others are added up. */
    private static final int TOP = 10;

    /** The preview for people: a line for the task and a line for each count; of many that are alike, the largest. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Preview of " + task + ", as of " + now + " (nothing was changed)");
        if (!fingerprint.isEmpty()) {
            text.append(String.format("%n  fingerprint %s", fingerprint));
        }
        span.ifPresent(times -> text.append(String.format("%n  from %s to %s", times.oldest(), times.newest())));
        awaits.ifPresent(what -> text.append(String.format("%n  its run would wait for a confirmation: it %s", what)));
        Map<String, Map<String, Long>> families = new LinkedHashMap<>();
        counts.asMap()
                .forEach((name, count) -> families.computeIfAbsent(family(name), any -> new LinkedHashMap<>())
                        .put(name, count));
        families.forEach((family, members) -> {
            if (members.size() <= TOP) {
                members.forEach((name, count) -> line(text, name, count));
            } else {
                top(text, family, members);
            }
        });
        return text.toString();
    }

    /** What is counted of things that have names of their own, such as {@code due.room.tea}, is of one family. */
    private static String family(String name) {
        int first = name.indexOf('.');
        int second = first < 0 ? -1 : name.indexOf('.', first + 1);
        return second < 0 ? name : name.substring(0, second);
    }

    private static void top(StringBuilder text, String family, Map<String, Long> members) {
        members.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(TOP)
                .forEach(member -> line(text, member.getKey(), member.getValue()));
        long others = members.values().stream()
                .sorted((one, other) -> Long.compare(other, one))
                .skip(TOP)
                .mapToLong(Long::longValue)
                .sum();
        line(text, family + ", " + (members.size() - TOP) + " others", others);
    }

    private static void line(StringBuilder text, String name, long count) {
        text.append(String.format("%n  %-28s %,12d", name, count));
    }
}
