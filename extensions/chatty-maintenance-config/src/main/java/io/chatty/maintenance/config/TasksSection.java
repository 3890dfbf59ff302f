package io.chatty.maintenance.config;

import io.chatty.maintenance.engine.TaskSettings;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.TaskNames;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** {@code tasks}. */
final class TasksSection {

    /** A type of task that is no plugin's, which others refer to. */
    private static final String CLEANUP = "message-cleanup";

    /** Types to whose tasks others refer: those are read after them. */
    private static final List<String> FIRST = List.of(CLEANUP, FileSweepSection.TYPE);

    /** The others. */
    private static final Map<String, Reader> OTHERS = others();

    private final Map<String, Section> sections;
    private final Map<String, Section> after = new LinkedHashMap<>();
    private final Set<String> groups = new TreeSet<>();
    private final List<PlannedTask> tasks = new ArrayList<>();

    /** Reads the settings of one task. */
    private interface Reader {
        Optional<? extends MaintenanceTask> read(String name, Section settings, Shared shared, TaskSettings how);
    }

    private TasksSection(Map<String, Section> sections) {
        this.sections = sections;
    }

    private static Map<String, Reader> others() {
        Map<String, Reader> all = new LinkedHashMap<>();
        all.put("table-care", TableCareSection::read);
        all.put("partition-drop", (name, settings, shared, how) -> PartitionDropSection.read(name, settings, shared));
        all.put("archive-purge", (name, settings, shared, how) -> ArchivePurgeSection.read(name, settings, shared));
        all.put("erasure", (name, settings, shared, how) -> ErasureSection.read(settings, shared));
        all.put("removal-delivery", (name, settings, shared, how) -> RemovalDeliverySection.read(settings, shared));
        all.put("unused-rooms", (name, settings, shared, how) -> UnusedRowsSection.rooms(name, settings, shared));
        all.put("unused-users", (name, settings, shared, how) -> UnusedRowsSection.users(name, settings, shared));
        all.put(FileSweepSection.TYPE, (name, settings, shared, how) -> FileSweepSection.read(name, settings, shared));
        all.put(
                "file-verification",
                (name, settings, shared, how) -> FileVerificationSection.read(name, settings, shared));
        all.put("file-limits", (name, settings, shared, how) -> FileLimitsSection.read(name, settings, shared));
        all.put(
                DuplicateFilesSection.TYPE,
                (name, settings, shared, how) -> DuplicateFilesSection.read(name, settings, shared));
        return all;
    }

    private static Set<String> types() {
        Set<String> all = new TreeSet<>(OTHERS.keySet());
        all.add(CLEANUP);
        return all;
    }

    /**
     * What the tasks share.
     *
     * @param connections how many connections may be held at once
     * @param files the stores of files
     * @param cleanups those that were read, to which other tasks refer
     */
    record Shared(
            Section defaults,
            Windows windows,
            Optional<ZoneId> zone,
            RetentionPolicies policies,
            Optional<ChatSchema> schema,
            Optional<ChatDatabase> database,
            int connections,
            Providers providers,
            FileStores files,
            Cleanups cleanups) {}

    /** The name of the first task that needs the tables of messages; empty if there is none. */
    static Optional<String> needsTables(Section root) {
        return firstOfType(root, CLEANUP)
                .or(() -> OTHERS.keySet().stream()
                        .filter(type -> !type.equals(DuplicateFilesSection.TYPE))
                        .flatMap(type -> firstOfType(root, type).stream())
                        .findFirst());
    }

    private static Optional<String> firstOfType(Section root, String type) {
        Section tasks = root.section("tasks");
        return tasks.keys().stream()
                .filter(tasks::isSection)
                .filter(name -> tasks.section(name).valueIs("type", type))
                .findFirst();
    }

    static TasksSection read(Section root, Shared shared) {
        TasksSection reader = new TasksSection(root.named("tasks"));
        if (reader.sections.isEmpty()) {
            root.problem("tasks", "none given, at least one is required: tasks { " + CLEANUP + " { type = … } }");
        }
        for (int rank = 0; rank <= FIRST.size(); rank++) {
            int now = rank;
            reader.sections.forEach((name, section) -> {
                if (rank(section) == now) {
                    reader.task(name, section, shared);
                }
            });
        }
        reader.tasks.sort(Comparator.comparing(planned -> planned.task().name()));
        reader.checkOrder();
        return reader;
    }

    private static int rank(Section section) {
        int rank = 0;
        while (rank < FIRST.size() && !section.valueIs("type", FIRST.get(rank))) {
            rank++;
        }
        return rank;
    }

    List<PlannedTask> tasks() {
        return tasks;
    }

    /** The groups that tasks are in. */
    Set<String> groups() {
        return groups;
    }

    private void task(String name, Section section, Shared shared) {
        TaskSettings settings = TaskSettingsSection.read(section.over(shared.defaults()));
        settings.group().ifPresent(groups::add);
        Optional<Schedule> schedule = schedule(name, section, shared);
        try {
            TaskNames.check(name);
            made(name, section, shared, settings)
                    .ifPresent(task -> tasks.add(new PlannedTask(task, schedule, settings)));
            section.end();
        } catch (IllegalArgumentException e) {
            section.problem(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<? extends MaintenanceTask> made(
            String name, Section section, Shared shared, TaskSettings how) {
        if (section.valueIs("type", CLEANUP)) {
            return CleanupSection.read(name, section.section("settings"), shared);
        }
        for (Map.Entry<String, Reader> other : OTHERS.entrySet()) {
            if (section.valueIs("type", other.getKey())) {
                return other.getValue()
                        .read(name, section.section("settings"), shared, how)
                        .filter(task -> isCalled(name, task, section));
            }
        }
        return shared.providers()
                .make(
                        section,
                        TaskProvider.class,
                        "type",
                        types(),
                        (provider, settings) -> provider.create(name, settings))
                .filter(task -> isCalled(name, task, section));
    }

    private static boolean isCalled(String name, MaintenanceTask task, Section section) {
        if (!name.equals(task.name())) {
            String type = OTHERS.keySet().stream()
                    .filter(known -> section.valueIs("type", known))
                    .findFirst()
                    .orElse("");
            section.problem(
                    "type",
                    type.isEmpty()
                            ? "the provider made a task that is called \"" + task.name() + "\", allowed is \"" + name
                                    + "\""
                            : "\"" + type + "\" given, whose one task is always called " + task.name()
                                    + "; write tasks." + task.name() + " in the place of tasks." + name);
            return false;
        }
        return true;
    }

    private Optional<Schedule> schedule(String name, Section section, Shared shared) {
        if (!section.has("schedule")) {
            return Optional.empty();
        }
        Section schedule = section.section("schedule");
        if (schedule.has("after")) {
            after.put(name, schedule);
        }
        return section.isSection("schedule")
                ? ScheduleSection.read(schedule, shared.windows(), shared.zone())
                : Optional.empty();
    }

    /** Refuses schedules that come after tasks that do not exist, or after one another in a circle. */
    private void checkOrder() {
        Map<String, String> before = new LinkedHashMap<>();
        after.forEach((name, schedule) -> ScheduleSection.after(schedule).ifPresent(other -> before.put(name, other)));
        Set<String> inCircles = new TreeSet<>();
        before.forEach((name, other) -> {
            Section schedule = after.get(name);
            if (schedule == null) {
                return;
            }
            if (!sections.containsKey(other)) {
                schedule.refuse(
                        "after",
                        "the name of a task is allowed: there are " + String.join(", ", sections.keySet())
                                + Nearest.hint(other, sections.keySet()));
            }
            Set<String> seen = new LinkedHashSet<>();
            for (String task = name; task != null; task = before.get(task)) {
                if (!seen.add(task)) {
                    if (task.equals(name) && !inCircles.contains(name)) {
                        inCircles.addAll(seen);
                        schedule.refuse(
                                "after",
                                "which makes a circle, so that none of it is ever due: " + String.join(" after ", seen)
                                        + " after " + name);
                    }
                    break;
                }
            }
        });
    }
}
