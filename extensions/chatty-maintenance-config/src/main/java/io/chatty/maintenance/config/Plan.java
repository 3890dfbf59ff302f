package io.chatty.maintenance.config;

import com.typesafe.config.ConfigObject;
import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.engine.EngineSettings;
import io.chatty.maintenance.file.duplicate.DuplicateFiles;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.schedule.LoadSignal;
import java.io.IOException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that a file says, made of objects that have connected to nothing yet.
 *
 * @param name of the engine
 * @param settings of the engine
 * @param tasks in the order of their names
 * @param signals those that are on
 * @param database what the database's tasks work on, if there is one
 * @param storeIsJdbc whether runs are kept in it
 * @param migrate whether the start makes the store's tables
 * @param pools what has to be closed
 */
record Plan(
        String name,
        EngineSettings settings,
        List<PlannedTask> tasks,
        List<LoadSignal> signals,
        Optional<ChatDatabase> database,
        boolean storeIsJdbc,
        boolean migrate,
        List<HikariDataSource> pools) {

    private static final Logger LOG = LoggerFactory.getLogger(MaintenanceConfig.class);

    private enum Profile {
        PRODUCTION,
        DEVELOPMENT
    }

    private enum Store {
        MEMORY,
        JDBC
    }

    /**
     * Reads all of it. What it gives is good for an engine only if no problem was noted.
     *
     * @param values everything below {@code chatty-maintenance}, with all defaults
     * @param given the host's data source
     */
    static Plan read(ConfigObject values, ClassLoader loader, @Nullable DataSource given, Problems problems) {
        Section root = Section.root(values, problems);
        root.get("profile", Kind.oneOf(Profile.class));
        Optional<ZoneId> zone = root.get("zone", Kind.ZONE);
        Providers providers = new Providers(loader, problems);

        DatabaseSection.Connections connections = DatabaseSection.read(root.section("database"), given);
        List<HikariDataSource> pools = new ArrayList<>();
        connections.pool().ifPresent(pools::add);
        Optional<String> needsTables = TasksSection.needsTables(root);
        Optional<ChatSchema> schema = SchemaSection.read(
                root.section("schema"), needsTables.map(name -> "task " + name).orElse(null));
        Optional<ChatDatabase> database = connections
                .source()
                .flatMap(source -> schema.map(tables -> ChatDatabase.of(source, tables, connections.most())));
        boolean hasDatabase = given != null || root.section("database").has("url");
        if (needsTables.isPresent() && !hasDatabase) {
            missingDatabase(root, "task " + needsTables.get());
        }
        RetentionPolicies policies = PolicySection.read(root.section("policies"), providers, database);
        if (!hasDatabase && !root.section("policies").sections("tables").isEmpty()) {
            missingDatabase(root, "policies.tables");
        }

        FileStores files = FileStores.read(root, providers, schema, database);
        if (!hasDatabase && needsTables.isEmpty() && files.needsDatabase()) {
            missingDatabase(root, "files");
        }

        Section defaults = root.section("task-defaults");
        int before = root.mistakes();
        var taskDefaults = TaskSettingsSection.read(defaults);
        defaults.end();
        Windows windows = Windows.read(root, zone);
        // Wrong defaults would be wrong once more in each task.
        Section inherited = root.mistakes() == before ? defaults : defaults.none();
        TasksSection tasks = TasksSection.read(
                root,
                new TasksSection.Shared(
                        inherited,
                        windows,
                        zone,
                        policies,
                        schema,
                        database,
                        connections.most(),
                        providers,
                        files,
                        new Cleanups()));
        windows.noteUnused(root);
        Section engine = root.section("engine");
        String name = EngineSection.name(engine);
        EngineSettings settings = EngineSection.read(engine, taskDefaults, tasks.groups());

        Section store = root.section("store");
        boolean jdbc = store.get("type", Kind.oneOf(Store.class)).orElse(Store.MEMORY) == Store.JDBC;
        boolean migrate = store.get("migrate", Kind.FLAG).orElse(false);
        if (jdbc && !hasDatabase) {
            missingDatabase(root, "store.type = jdbc");
        }
        if (migrate && store.valueIs("type", "memory")) {
            store.refuse("migrate", "but store.type = memory has no tables; jdbc has");
        }
        store.end();
        List<LoadSignal> signals = SignalSection.read(root.section("signals"), database, pools, providers);
        root.end();
        return new Plan(name, settings, tasks.tasks(), signals, database, jdbc, migrate, pools);
    }

    private static void missingDatabase(Section root, String who) {
        root.section("database")
                .problem(
                        "url",
                        "missing; " + who + " needs a database: its JDBC URL, or a data source that the host gives");
    }

    /** The same with that task alone, and without its schedule. */
    Plan only(String task) {
        List<PlannedTask> one = tasks.stream()
                .filter(planned -> planned.task().name().equals(task))
                .map(PlannedTask::unscheduled)
                .toList();
        if (one.isEmpty()) {
            throw new UnknownTaskException(
                    task, tasks.stream().map(planned -> planned.task().name()).toList());
        }
        return new Plan(name, settings, one, signals, database, storeIsJdbc, migrate, pools);
    }

    /** Closes what was made and is not needed. */
    void close() {
        tasks.stream()
                .map(PlannedTask::task)
                .filter(DuplicateFiles.class::isInstance)
                .forEach(task -> closeQuietly((DuplicateFiles) task));
        pools.forEach(HikariDataSource::close);
    }

    private static void closeQuietly(DuplicateFiles duplicates) {
        try {
            duplicates.close();
        } catch (IOException e) {
            LOG.warn("Temporary files of {} could not be deleted", duplicates.name(), e);
        }
    }
}
