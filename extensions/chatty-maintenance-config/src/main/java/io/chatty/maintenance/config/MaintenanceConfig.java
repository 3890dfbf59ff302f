package io.chatty.maintenance.config;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.task.SettingsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * An engine's settings as a HOCON file has them, below {@code chatty-maintenance}. Immutable and thread-safe.
 *
 * <pre>{@code
 * MaintenanceConfig config = MaintenanceConfig.load(Path.of("maintenance.conf")).dataSource(dataSource);
 * try (ConfiguredEngine maintenance = config.engine()) {
 *     maintenance.start();
 *     // ...
 * }
 * }</pre>
 *
 * <p>{@code reference.conf} in the jar documents every setting with its unit and its default. Substitutions such as {@code
 * ${?CHAT_DB_PASSWORD}} see the file itself and the environment. Whatever is wrong is listed at once, each mistake with its path
 * below {@code chatty-maintenance}, what was given and what is allowed.
 */
public final class MaintenanceConfig {

    private final Document document;
    private final @Nullable ClassLoader loader;
    private final @Nullable DataSource dataSource;
    private final @Nullable String only;

    private MaintenanceConfig(Document document) {
        this(document, null, null, null);
    }

    private MaintenanceConfig(
            Document document, @Nullable ClassLoader loader, @Nullable DataSource dataSource, @Nullable String only) {
        this.document = document;
        this.loader = loader;
        this.dataSource = dataSource;
        this.only = only;
    }

    /**
     * The settings in a file.
     *
     * @throws SettingsException if it cannot be read, or is not HOCON
     */
    public static MaintenanceConfig load(Path file) {
        return new MaintenanceConfig(Document.load(file));
    }

    /**
     * The settings in a text.
     *
     * @throws SettingsException if it is not HOCON
     */
    public static MaintenanceConfig parse(String hocon) {
        return new MaintenanceConfig(Document.parse(hocon));
    }

    /**
     * The settings in {@code application.conf} on the class path of the calling thread's context class loader, or in what
     * {@code -Dconfig.file}, {@code -Dconfig.resource} or {@code -Dconfig.url} name.
     *
     * @throws SettingsException if there is none, or it is not HOCON
     */
    public static MaintenanceConfig ofClassPath() {
        return new MaintenanceConfig(Document.ofClassPath(usual()));
    }

    /** Where plugins are looked for. Default: the calling thread's context class loader, else that of this library. */
    public MaintenanceConfig classLoader(ClassLoader plugins) {
        return new MaintenanceConfig(document, Objects.requireNonNull(plugins, "plugins"), dataSource, only);
    }

    /** The host's own connections, which stay the host's to close. Then the file has no {@code database.url}. */
    public MaintenanceConfig dataSource(DataSource source) {
        return new MaintenanceConfig(document, loader, Objects.requireNonNull(source, "source"), only);
    }

    /**
     * That task alone, without its schedule: an engine that takes up or begins its runs, and never those of the others. For a
     * process that does one thing beside the one that serves. The whole file is looked at for mistakes all the same.
     *
     * <p>{@link #engine()} throws an {@link UnknownTaskException} if the file has no such task.
     */
    public MaintenanceConfig only(String task) {
        return new MaintenanceConfig(document, loader, dataSource, Objects.requireNonNull(task, "task"));
    }

    /** This one with another's class loader, data source and only task where it has none itself. */
    MaintenanceConfig inPlaceOf(MaintenanceConfig other) {
        return new MaintenanceConfig(
                document,
                loader != null ? loader : other.loader,
                dataSource != null ? dataSource : other.dataSource,
                only != null ? only : other.only);
    }

    /**
     * All mistakes, each with its path, what was given and what is allowed; empty if there is none. Asks the plugins, connects
     * to nothing.
     */
    public List<String> validate() {
        Problems problems = document.problems();
        read(problems).close();
        return problems.all();
    }

    /**
     * The engine, built and not started. The settings are logged at INFO, without what is secret.
     *
     * @throws SettingsException if there are mistakes; it lists all of them
     */
    public ConfiguredEngine engine() {
        return engine(UnaryOperator.identity());
    }

    /**
     * The same with what a file cannot say: listeners, a meter registry, executors, a clock, tasks made of code.
     *
     * @throws SettingsException if there are mistakes; it lists all of them
     */
    public ConfiguredEngine engine(UnaryOperator<MaintenanceEngine.Builder> more) {
        return ConfiguredEngine.of(this, Objects.requireNonNull(more, "more"));
    }

    /**
     * What the file says.
     *
     * @throws SettingsException with all mistakes if there are any
     * @throws UnknownTaskException if it has not the only task that is wanted
     */
    Plan plan() {
        Problems problems = document.problems();
        Plan plan = read(problems);
        if (problems.count() > 0) {
            plan.close();
            throw new SettingsException(problems.all());
        }
        if (only == null) {
            return plan;
        }
        try {
            return plan.only(only);
        } catch (UnknownTaskException e) {
            plan.close();
            throw e;
        }
    }

    private Plan read(Problems problems) {
        return Plan.read(document.values(problems), loader != null ? loader : usual(), dataSource, problems);
    }

    /** Every value with all defaults. */
    Settled settled() {
        return Settled.of(document.values(document.problems()));
    }

    private static ClassLoader usual() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context != null ? context : Objects.requireNonNull(MaintenanceConfig.class.getClassLoader());
    }
}
