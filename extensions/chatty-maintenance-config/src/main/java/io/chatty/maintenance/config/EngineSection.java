package io.chatty.maintenance.config;

import io.chatty.maintenance.engine.EngineSettings;
import io.chatty.maintenance.engine.TaskSettings;
import io.chatty.maintenance.task.TaskNames;
import java.util.Set;
import java.util.TreeSet;

/** {@code engine}. */
final class EngineSection {

    private EngineSection() {}

    /** What the engine is called. */
    static String name(Section section) {
        return section.get("name", Kind.TEXT)
                .filter(name -> section.attempt("name", () -> TaskNames.check("engine", name)))
                .orElse("maintenance");
    }

    /**
     * The settings, of a section whose {@link #name} was read.
     *
     * @param groups the groups that tasks are in: a limit of another one would limit nothing
     */
    static EngineSettings read(Section section, TaskSettings taskDefaults, Set<String> groups) {
        EngineSettings.Builder builder = EngineSettings.builder().taskDefaults(defaults -> taskDefaults.toBuilder());
        section.set("tasks-at-once", Kind.COUNT, builder::tasksAtOnce);
        section.set("close-timeout", Kind.DURATION, builder::closeTimeout);
        section.set("claim-for", Kind.DURATION, builder::claimFor);
        section.set("history-for", Kind.DURATION, builder::historyFor);
        section.set("signal-interval", Kind.DURATION, builder::signalInterval);
        section.set("signal-timeout", Kind.DURATION, builder::signalTimeout);
        section.set("log-batches", Kind.FLAG, builder::logBatches);
        section.set("at-least-every", Kind.DURATION, builder::atLeastEvery);
        limits(section.section("limits"), builder, groups);
        section.end();
        return builder.build();
    }

    private static void limits(Section limits, EngineSettings.Builder builder, Set<String> groups) {
        for (String group : limits.keys()) {
            limits.set(group, Kind.COUNT, most -> builder.limit(group, most));
            if (!groups.contains(group)) {
                limits.problem(
                        group,
                        "no task is in that group; "
                                + (groups.isEmpty()
                                        ? "none is in any"
                                        : "there are " + String.join(", ", new TreeSet<>(groups)))
                                + Nearest.hint(group, groups));
            }
        }
    }
}
