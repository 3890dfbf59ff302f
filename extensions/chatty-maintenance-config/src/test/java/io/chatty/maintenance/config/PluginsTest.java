package io.chatty.maintenance.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Plugins in a jar of their own, which the host's class path does not have. */
@Timeout(60)
class PluginsTest {

    private static final String PROVIDER = """
            package plugin;

            import io.chatty.maintenance.config.PluginSettings;
            import io.chatty.maintenance.config.TaskProvider;
            import io.chatty.maintenance.task.MaintenanceTask;

            public class Sweep implements TaskProvider {
                public String name() {
                    return "sweep";
                }

                public MaintenanceTask create(String task, PluginSettings settings) {
                    String property = settings.text("property").orElse("none");
                    String value = settings.settings("inner").duration("time").map(Object::toString).orElse("none");
                    if (settings.flag("broken").orElse(false)) {
                        throw new IllegalStateException("broken as asked");
                    }
                    return MaintenanceTask.of(task, () -> System.setProperty(property, value));
                }
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void a_task_of_a_jar_is_found_by_its_name_through_the_class_loader_of_the_host() throws Exception {
        String property = "plugins-test." + folder.getFileName();
        MaintenanceConfig config = MaintenanceConfig.parse("""
                chatty-maintenance.tasks.floor {
                  type = sweep
                  settings { property = "%s", inner.time = 5 min }
                }
                """.formatted(property));
        assertThat(config.validate()).anySatisfy(mistake -> assertThat(mistake).contains("\"sweep\" given"));

        try (URLClassLoader loader = jar("plugin.Sweep", PROVIDER, "plugin.Sweep");
                ConfiguredEngine engine = config.classLoader(loader).engine()) {
            engine.start();
            Run run = engine.engine().runNow("floor").get(30, TimeUnit.SECONDS);

            assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(System.getProperty(property)).isEqualTo("PT5M");
        } finally {
            System.clearProperty(property);
        }
    }

    @Test
    void mistakes_in_the_settings_of_a_plugin_have_their_paths() throws Exception {
        MaintenanceConfig config = MaintenanceConfig.parse("""
                chatty-maintenance.tasks.floor { type = sweep, settings { propertie = a, inner { time = 5, tiem = 1 } } }
                """);
        try (URLClassLoader loader = jar("plugin.Sweep", PROVIDER, "plugin.Sweep")) {
            assertThat(config.classLoader(loader).validate())
                    .hasSize(3)
                    .anySatisfy(mistake -> assertThat(mistake)
                            .startsWith("tasks.floor.settings.propertie: unknown; ")
                            .contains("did you mean property?"))
                    .anySatisfy(mistake -> assertThat(mistake)
                            .startsWith("tasks.floor.settings.inner.time: 5 given, allowed is a duration"))
                    .anySatisfy(mistake -> assertThat(mistake)
                            .startsWith("tasks.floor.settings.inner.tiem: unknown; time are allowed here"));
        }
    }

    @Test
    void a_plugin_that_throws_is_a_mistake_of_the_file() throws Exception {
        MaintenanceConfig config =
                MaintenanceConfig.parse("chatty-maintenance.tasks.floor { type = sweep, settings.broken = true }");
        try (URLClassLoader loader = jar("plugin.Sweep", PROVIDER, "plugin.Sweep")) {
            assertThat(config.classLoader(loader).validate())
                    .containsExactly("tasks.floor.settings: provider \"sweep\" refuses them:"
                            + " java.lang.IllegalStateException: broken as asked (line 1)");
        }
    }

    @Test
    void two_plugins_of_one_name_are_a_mistake() throws Exception {
        String twin = PROVIDER.replace("\"sweep\"", "\"tidy\"");
        MaintenanceConfig config = MaintenanceConfig.parse("chatty-maintenance.tasks.tidy.type = tidy");
        try (URLClassLoader loader = jar("plugin.Sweep", twin, "plugin.Sweep")) {
            assertThat(config.classLoader(loader).validate())
                    .containsExactly("plugins: two TaskProviders are called \"tidy\","
                            + " io.chatty.maintenance.config.TidyProvider and plugin.Sweep; one is allowed");
        }
    }

    @Test
    void a_plugin_that_is_named_and_not_there_is_a_mistake_and_the_others_are_found() throws Exception {
        MaintenanceConfig config = MaintenanceConfig.parse("chatty-maintenance.tasks.floor.type = sweep");
        try (URLClassLoader loader = jar("plugin.Sweep", PROVIDER, "plugin.Gone\nplugin.Sweep")) {
            assertThat(config.classLoader(loader).validate())
                    .hasSize(1)
                    .allSatisfy(mistake -> assertThat(mistake)
                            .startsWith("plugins: a TaskProvider cannot be used: ")
                            .contains("plugin.Gone"));
        }
    }

    @Test
    @Timeout(30)
    void a_class_loader_that_cannot_be_searched_is_a_mistake_and_is_not_asked_for_ever() {
        ClassLoader gone = new ClassLoader(null) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                throw new IOException("the jar is gone");
            }
        };
        assertThat(MaintenanceConfig.parse("chatty-maintenance.tasks.floor.type = sweep")
                        .classLoader(gone)
                        .validate())
                .filteredOn(mistake -> mistake.startsWith("plugins: a TaskProvider cannot be used: "))
                .hasSize(1);
    }

    private URLClassLoader jar(String name, String source, String services) throws IOException {
        Path java = folder.resolve(name.replace('.', '/') + ".java");
        Files.createDirectories(Objects.requireNonNull(java.getParent()));
        Files.writeString(java, source);
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        int result = ToolProvider.findFirst("javac")
                .orElseThrow(() -> new AssertionError("a JDK is needed"))
                .run(
                        out,
                        out,
                        "-proc:none",
                        "-d",
                        folder.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        java.toString());
        assertThat(result).as("compiles: %s", said).isZero();
        Path jar = folder.resolve("plugins.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(file);
                Stream<Path> compiled = Files.walk(folder)) {
            for (Path each :
                    compiled.filter(path -> path.toString().endsWith(".class")).toList()) {
                entries.putNextEntry(new JarEntry(folder.relativize(each).toString()));
                entries.write(Files.readAllBytes(each));
            }
            entries.putNextEntry(new JarEntry("META-INF/services/" + TaskProvider.class.getName()));
            entries.write(services.getBytes(StandardCharsets.UTF_8));
        }
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader());
    }
}
