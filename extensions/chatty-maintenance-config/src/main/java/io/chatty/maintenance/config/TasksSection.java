package io.chatty.maintenance.config;

import io.chatty.maintenance.engine.TaskSettings;
import io.chatty.maintenance.file.local.LocalFileStore;
import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.TaskNames;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** {@code tasks}. */
final class TasksSection {

    /** A type of task that is no plugin's. */
    private static final String CLEANUP = "message-cleanup";

    /** The other one. */
    private static final String CARE = "table-care";

    private final Map<String, Section> sections;
    private final Map<String, Section> after = new LinkedHashMap<>();
    private final Set<String> groups = new TreeSet<>();
    private final List<PlannedTask> tasks = new ArrayList<>();

    private TasksSection(Map<String, Section> sections) {
        this.sections = sections;
    }

    /** What the tasks share. */
    record Shared(
            Section defaults,
            Windows windows,
            Optional<ZoneId> zone,
            RetentionPolicies policies,
            Optional<ChatSchema> schema,
            Optional<ChatDatabase> database,
            Providers providers) {}

    /** The name of the first task that needs the tables of messages; empty if there is none. */
    static Optional<String> needsTables(Section root) {
        return firstOfType(root, CLEANUP).or(() -> firstOfType(root, CARE));
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
        reader.sections.forEach((name, section) -> reader.task(name, section, shared));
        reader.checkOrder();
        return reader;
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
            return cleanup(name, section.section("settings"), shared);
        }
        if (section.valueIs("type", CARE)) {
            return TableCareSection.read(name, section.section("settings"), shared, how);
        }
        return shared.providers()
                .make(
                        section,
                        TaskProvider.class,
                        "type",
                        Set.of(CLEANUP, CARE),
                        (provider, settings) -> provider.create(name, settings))
                .filter(task -> isCalled(name, task, section));
    }

    private static boolean isCalled(String name, MaintenanceTask task, Section section) {
        if (!name.equals(task.name())) {
            section.problem(
                    "type",
                    "the provider made a task that is called \"" + task.name() + "\", allowed is \"" + name + "\"");
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

    private static Optional<MessageCleanup> cleanup(String name, Section settings, Shared shared) {
        Optional<Duration> grace = settings.get("soft-delete-grace", Kind.DURATION);
        boolean removeOrphans = settings.get("remove-orphans", Kind.FLAG).orElse(false);
        Optional<Double> shareLimit = settings.get("share-limit", Kind.NUMBER);
        Optional<String> archive = settings.get("archive", Kind.TEXT);
        Optional<String> archiveFolder = settings.get("archive-folder", Kind.TEXT);
        boolean tellDeleted = settings.get("tell-deleted", Kind.FLAG).orElse(false);
        settings.end();
        if (shared.schema().isEmpty() || shared.database().isEmpty()) {
            return Optional.empty();
        }
        ChatSchema schema = shared.schema().get();
        MessageCleanup.Builder builder =
                shared.database().get().messageCleanup(shared.policies()).name(name);
        boolean positive =
                grace.filter(time -> !time.isZero() && !time.isNegative()).isPresent();
        if (positive && !schema.messages().hasSoftDelete()) {
            settings.refuse(
                    "soft-delete-grace",
                    "but nothing says when messages were soft-deleted; set schema.messages.soft-deleted-at");
        } else {
            grace.ifPresent(time -> settings.attempt("soft-delete-grace", () -> builder.softDeleteGrace(time)));
        }
        boolean canBeGone = schema.rooms().isPresent()
                || schema.users().isPresent()
                || !schema.children().isEmpty();
        if (removeOrphans && !canBeGone) {
            settings.refuse(
                    "remove-orphans",
                    "but nothing is described that could be gone; set schema.rooms, schema.users or schema.children");
        } else if (removeOrphans) {
            builder.removeOrphans();
        }
        shareLimit.ifPresent(share -> settings.attempt("share-limit", () -> builder.shareLimit(share)));
        archive.ifPresent(prefix -> settings.attempt(
                "archive", () -> builder.archive(shared.database().get().archive(prefix))));
        if (archive.isPresent() && archiveFolder.isPresent()) {
            settings.refuse("archive-folder", "but archive is set, too; leave one of the two away");
        } else if (archiveFolder.isPresent()) {
            archive(settings, archiveFolder.get(), shared.database().get()).ifPresent(builder::archive);
        }
        if (tellDeleted) {
            builder.tellDeleted();
        }
        return Optional.of(builder.build());
    }

    private static Optional<Archive> archive(Section settings, String folder, ChatDatabase chat) {
        try {
            return Optional.of(chat.archive(LocalFileStore.open(Path.of(folder))));
        } catch (IOException | InvalidPathException e) {
            settings.refuse("archive-folder", "a directory that is there and can be written to is allowed: " + e);
            return Optional.empty();
        }
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
