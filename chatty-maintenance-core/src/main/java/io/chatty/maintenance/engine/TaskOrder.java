package io.chatty.maintenance.engine;

import io.chatty.maintenance.schedule.Schedule;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Which tasks come after which. */
final class TaskOrder {

    private TaskOrder() {}

    /**
     * Refuses schedules that come after tasks that do not exist, or after one another in a circle.
     *
     * @param schedules by the names of their tasks
     * @param tasks the names of all tasks, those without a schedule included
     * @throws IllegalArgumentException if it does
     */
    static void check(Map<String, Schedule> schedules, Set<String> tasks) {
        Map<String, String> before = new LinkedHashMap<>();
        schedules.forEach((name, schedule) -> schedule.afterTask().ifPresent(other -> before.put(name, other)));
        before.forEach((name, other) -> {
            if (!tasks.contains(other)) {
                throw new IllegalArgumentException(
                        "task " + name + " is to come after \"" + other + "\", which is unknown; there are " + tasks);
            }
            Set<String> seen = new HashSet<>();
            for (String task = name; task != null; task = before.get(task)) {
                if (!seen.add(task)) {
                    throw new IllegalArgumentException("task " + name + " comes after itself: " + other
                            + " comes after it, in a circle of " + seen);
                }
            }
        });
    }
}
