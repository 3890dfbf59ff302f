package io.chatty.maintenance.config;

import io.chatty.maintenance.engine.EngineSettings;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.Erasure;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.task.SettingsException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine made of a {@link MaintenanceConfig}, with the connections that were made for it. Thread-safe.
 */
public final class ConfiguredEngine implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredEngine.class);

    private final Plan plan;
    private final MaintenanceEngine engine;
    private MaintenanceConfig config; // guarded by this
    private EngineSettings settings; // guarded by this

    private ConfiguredEngine(MaintenanceConfig config, Plan plan, MaintenanceEngine engine) {
        this.config = config;
        this.plan = plan;
        this.engine = engine;
        this.settings = plan.settings();
    }

    static ConfiguredEngine of(MaintenanceConfig config, UnaryOperator<MaintenanceEngine.Builder> more) {
        Plan plan = config.plan();
        try {
            MaintenanceEngine engine = built(plan, more);
            LOG.info("The settings, with all defaults: {}", config.settled());
            return new ConfiguredEngine(config, plan, engine);
        } catch (RuntimeException | Error e) {
            plan.close();
            throw e;
        }
    }

    private static MaintenanceEngine built(Plan plan, UnaryOperator<MaintenanceEngine.Builder> more) {
        MaintenanceEngine.Builder builder =
                MaintenanceEngine.builder().name(plan.name()).settings(plan.settings());
        if (plan.storeIsJdbc()) {
            plan.database().map(ChatDatabase::runStore).ifPresent(builder::runStore);
        }
        plan.signals().forEach(builder::signal);
        for (PlannedTask task : plan.tasks()) {
            task.schedule()
                    .ifPresentOrElse(
                            schedule -> builder.task(task.task(), schedule, defaults -> task.settings().toBuilder()),
                            () -> builder.task(task.task()));
        }
        MaintenanceEngine engine = more.apply(builder).build();
        plan.tasks().stream()
                .filter(task -> task.schedule().isEmpty())
                .forEach(task -> engine.change(task.task().name(), defaults -> task.settings().toBuilder()));
        return engine;
    }

    /** The engine itself. It may be asked for previews before the start. */
    public MaintenanceEngine engine() {
        return engine;
    }

    /** The names of the tasks that the file has for this engine, in their order. Asks nobody. */
    public List<String> tasks() {
        return plan.tasks().stream().map(task -> task.task().name()).toList();
    }

    /**
     * Gives the name back if it is one of {@link #tasks()}.
     *
     * @throws UnknownTaskException otherwise
     */
    public String checked(String task) {
        if (!tasks().contains(task)) {
            throw new UnknownTaskException(task, tasks());
        }
        return task;
    }

    /** Whether runs are kept in the database, so that other processes see them, and the next one goes on with them. */
    public boolean keepsRuns() {
        return plan.storeIsJdbc();
    }

    /**
     * Makes the store's tables if {@code store.migrate} says so, and looks whether they are as they have to be: for who asks
     * the engine something and does not start it.
     *
     * @throws SettingsException if they are not
     * @throws io.chatty.maintenance.task.MaintenanceException if the database cannot be reached
     */
    public void prepareStore() {
        migrate();
        List<String> problems = keepsRuns()
                ? plan.database()
                        .map(ChatDatabase::runStore)
                        .map(RunStore::problems)
                        .orElse(List.of())
                : List.of();
        if (!problems.isEmpty()) {
            throw inWordsOfTheFile(problems);
        }
    }

    private static SettingsException inWordsOfTheFile(List<String> problems) {
        return new SettingsException(problems.stream()
                .map(problem -> problem.replace("call ChatDatabase.migrate() once", "set store.migrate = true"))
                .map(problem -> problem.replaceAll(
                        "say so with adoptStore\\(\"(.*)\"\\)",
                        "say so with settings.adopt-store = \"$1\" of the task"))
                .map(problem -> problem.replaceAll(
                        "say goAlong\\(\"(.*?)\"\\) if", "say go-along = [ \"$1\" ] of settings.usage if"))
                .map(problem -> problem.replaceAll(
                        "add it to them by column\\(\"(.*?)\", \"(.*?)\"\\)",
                        "add { table = \"$1\", column = \"$2\" } to the columns of files.*.references"))
                .toList());
    }

    private void migrate() {
        if (plan.migrate()) {
            plan.database().ifPresent(ChatDatabase::migrate);
            archives().forEach(Archive::migrate);
        }
    }

    /** The database that the file describes, if it does. */
    public Optional<ChatDatabase> chat() {
        return plan.database();
    }

    /** The archives of its cleanups. */
    public List<Archive> archives() {
        return cleanups().flatMap(cleanup -> cleanup.archive().stream()).toList();
    }

    /**
     * What erases a user's or a room's messages: the file's task {@code erasure}, or one like it for the archives of its
     * cleanups, and for the listener that one of them tells; empty if the file has no database.
     */
    public Optional<Erasure> erasure() {
        return plan.tasks().stream()
                .map(PlannedTask::task)
                .filter(Erasure.class::isInstance)
                .map(Erasure.class::cast)
                .findFirst()
                .or(() -> chat().map(chat -> chat.erasure(archives().toArray(Archive[]::new)))
                        .map(erasure ->
                                cleanups().anyMatch(MessageCleanup::tellsDeleted) ? erasure.tellDeleted() : erasure));
    }

    /** Its cleanups. */
    private Stream<MessageCleanup> cleanups() {
        return plan.tasks().stream()
                .map(PlannedTask::task)
                .filter(MessageCleanup.class::isInstance)
                .map(MessageCleanup.class::cast);
    }

    /** Its sweeps of files. */
    public List<FileSweep> fileSweeps() {
        return plan.tasks().stream()
                .map(PlannedTask::task)
                .filter(FileSweep.class::isInstance)
                .map(FileSweep.class::cast)
                .toList();
    }

    /**
     * The cleanup of that name.
     *
     * @throws UnknownTaskException if no task is called so
     */
    public Optional<MessageCleanup> cleanup(String task) {
        String name = checked(task);
        return cleanups().filter(cleanup -> cleanup.name().equals(name)).findFirst();
    }

    /**
     * Makes the store's tables if {@code store.migrate} says so, then starts the engine, see {@link MaintenanceEngine#start}.
     *
     * @throws SettingsException if settings do not fit the database
     * @throws io.chatty.maintenance.task.MaintenanceException if the database cannot be reached
     */
    public void start() {
        migrate();
        try {
            engine.start();
        } catch (SettingsException e) {
            throw inWordsOfTheFile(e.problems());
        }
    }

    /**
     * Takes over what has changed, while the engine runs: schedules, windows, limits, and the settings of tasks and of the
     * engine that can change. If anything differs that cannot, all that cannot is refused and nothing changes.
     *
     * @param changed uses the class loader and data source of the first one where it has none itself
     * @return the paths whose values differ
     * @throws SettingsException if there are mistakes, or settings that cannot change while the engine lives
     */
    public synchronized List<String> apply(MaintenanceConfig changed) {
        MaintenanceConfig next = changed.inPlaceOf(config);
        Plan wanted = next.plan();
        try {
            Changes changes = new Changes(config.settled(), next.settled());
            List<String> refused = new ArrayList<>(changes.refused());
            Map<String, PlannedTask> tasks = byName(wanted);
            // Before the first change: the store is asked, which may fail.
            Map<String, Optional<String>> schedules = byName(plan).keySet().stream()
                    .collect(Collectors.toMap(
                            Function.identity(), name -> engine.status(name).schedule()));
            schedules.forEach((name, before) -> {
                PlannedTask now = tasks.get(name);
                if (now != null && now.schedule().isEmpty() && before.isPresent()) {
                    refused.add(
                            Problems.path("tasks", name)
                                    + ".schedule: taken away, which cannot change; pause the task instead, or start an engine anew");
                }
            });
            if (!refused.isEmpty()) {
                throw new SettingsException(refused);
            }
            EngineSettings running = settings;
            engine.change(now -> engineSettings(now, running, wanted.settings()));
            reschedule(tasks, schedules);
            tasks.forEach((name, task) -> engine.change(name, now -> task.settings().toBuilder()));
            config = next;
            settings = wanted.settings();
            List<String> paths = changes.paths();
            LOG.info(
                    "Changed settings: {}",
                    paths.isEmpty()
                            ? "none"
                            : paths.stream()
                                    .map(path -> path + ": " + changes.text(path))
                                    .collect(Collectors.joining("\n  ", "\n  ", "")));
            return paths;
        } finally {
            wanted.close();
        }
    }

    /** Those of the engine that can change, see {@link MaintenanceEngine#change(UnaryOperator)}. */
    private static EngineSettings.Builder engineSettings(
            EngineSettings.Builder now, EngineSettings before, EngineSettings wanted) {
        before.limits().keySet().forEach(now::noLimit);
        wanted.limits().forEach(now::limit);
        return now.tasksAtOnce(wanted.tasksAtOnce())
                .historyFor(wanted.historyFor())
                .signalInterval(wanted.signalInterval())
                .signalTimeout(wanted.signalTimeout())
                .logBatches(wanted.logBatches());
    }

    /** Each after the one that it comes after, so that no step on the way makes a circle. */
    private void reschedule(Map<String, PlannedTask> tasks, Map<String, Optional<String>> before) {
        tasks.entrySet().stream()
                .sorted(Comparator.comparingInt(task -> depth(task.getKey(), tasks)))
                .forEach(task -> task.getValue().schedule().ifPresent(schedule -> {
                    if (!Optional.of(schedule.toString()).equals(before.get(task.getKey()))) {
                        engine.reschedule(task.getKey(), schedule);
                    }
                }));
    }

    private static int depth(String name, Map<String, PlannedTask> tasks) {
        return Optional.ofNullable(tasks.get(name))
                .flatMap(PlannedTask::schedule)
                .flatMap(Schedule::afterTask)
                .map(other -> 1 + depth(other, tasks))
                .orElse(0);
    }

    private static Map<String, PlannedTask> byName(Plan plan) {
        return plan.tasks().stream()
                .collect(Collectors.toMap(task -> task.task().name(), Function.identity()));
    }

    /** Closes the engine, see {@link MaintenanceEngine#close}, then the connections that were made for it. Never throws. */
    @Override
    public void close() {
        engine.close();
        plan.close();
    }
}
