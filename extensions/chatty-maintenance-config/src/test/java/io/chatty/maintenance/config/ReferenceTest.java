package io.chatty.maintenance.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.chatty.maintenance.engine.EngineSettings;
import io.chatty.maintenance.engine.LoadSignals;
import io.chatty.maintenance.engine.TaskSettings;
import io.chatty.maintenance.schedule.LoadSignal;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** That {@code reference.conf} says what the code reads, and what it takes where nothing is said. */
class ReferenceTest {

    private static final String TIDY = "tasks.tidy.type = tidy\n";

    /** Setters that are not called like their keys. */
    private static final Map<String, List<String>> OTHER_KEYS = Map.of(
            "limit", List.of("limits"),
            "noLimit", List.of("limits"),
            "missedRuns", List.of("missed-runs", "start-deadline"),
            "batchSize", List.of("smallest-batch", "largest-batch"),
            "retryDelay", List.of("retry-delay", "longest-retry-delay"));

    private static Config reference() {
        return ConfigFactory.parseResources("reference.conf").getConfig("chatty-maintenance");
    }

    private static String text() throws IOException {
        try (InputStream in = Objects.requireNonNull(ReferenceTest.class.getResourceAsStream("/reference.conf"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static MaintenanceConfig with(String settings) {
        return MaintenanceConfig.parse("chatty-maintenance {\n" + settings + "\n}");
    }

    static List<String> keys() {
        List<String> all = new ArrayList<>();
        collect("", reference().root(), all);
        return all;
    }

    private static void collect(String path, ConfigObject object, List<String> all) {
        for (Map.Entry<String, ConfigValue> each : object.entrySet()) {
            String at = path.isEmpty() ? each.getKey() : path + "." + each.getKey();
            if (each.getValue() instanceof ConfigObject below && !below.isEmpty()) {
                collect(at, below, all);
            } else {
                all.add(at);
            }
        }
    }

    @Test
    void it_is_right_as_it_stands() {
        assertThat(with(TIDY).validate()).isEmpty();
        assertThat(keys()).hasSizeGreaterThan(80);
    }

    @ParameterizedTest
    @MethodSource("keys")
    void each_of_its_keys_is_read(String key) {
        boolean holdsObjects = Set.of(
                        "engine.limits",
                        "windows",
                        "tasks",
                        "policies.teams",
                        "policies.rooms",
                        "policies.users",
                        "files",
                        "signals.replica-lag")
                .contains(key);
        String odd = holdsObjects ? "17" : "{ no-such-thing = [] }";

        List<String> mistakes =
                with((key.equals("tasks") ? "" : TIDY) + key + " = " + odd).validate();

        assertThat(mistakes).anySatisfy(mistake -> assertThat(mistake).startsWith(key));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "windows.quiet { from = \"01:00\", to = \"02:00\", zone = UTC, ? }",
                "tasks.tidy { ? }",
                "tasks.tidy.schedule { every = 1 h, ? }",
                "tasks.clean { type = message-cleanup, settings { ? } }",
                "tasks.clean { type = message-cleanup, settings.size-cap { ? } }",
                "tasks.drop { type = partition-drop, settings { ? } }",
                "tasks.purge { type = archive-purge, settings { ? } }",
                "tasks.erasure { type = erasure, settings { ? } }",
                "tasks.removal-delivery { type = removal-delivery, settings { ? } }",
                "tasks.rooms { type = unused-rooms, settings { ? } }",
                "tasks.rooms { type = unused-rooms, settings.created-at { ? } }",
                "tasks.users { type = unused-users, settings { ? } }",
                "tasks.users { type = unused-users, settings.used-by = [ { ? } ] }",
                "policies.rooms.lobby { ? }",
                "policies.tables = [ { ? } ]",
                "policies.tables = [ { through { ? } } ]",
                "tasks.care { type = table-care, settings { ? } }",
                "policies.plugins = [ { provider = plan, ? } ]",
                "schema.messages.sent-at { column = sent_at, ? }",
                "schema.messages.or-else-sent-at = [ { ? } ]",
                "schema.messages.room-through { ? }",
                "schema.messages.soft-deleted-by { ? }",
                "schema.messages.exempt.starred { ? }",
                "schema.messages.never.state.not.is-one-of { ? }",
                "schema.messages.never.state { all = [ { has-row { ? } } ] }",
                "schema.children = [ { table = reactions, column = message_id, ? } ]",
                "schema.shared = [ { ? } ]",
                "schema.shared = [ { through { ? } } ]",
                "schema.shared = [ { kept-by { ? } } ]",
                "schema.counters = [ { ? } ]",
                "files.uploads { ? }",
                "files.uploads.references.chat { ? }",
                "files.uploads.references.chat.columns = [ { ? } ]",
                "files.uploads.references.chat.schema-files { ? }",
                "tasks.files { type = file-sweep, settings { ? } }",
                "tasks.files { type = file-sweep, settings.temporary = [ { ? } ] }",
                "tasks.files { type = file-sweep, settings.partial-uploads = [ { ? } ] }",
                "tasks.files { type = file-sweep, settings.derived = [ { ? } ] }",
                "tasks.files { type = file-sweep, settings.expired = [ { ? } ] }",
                "tasks.files { type = file-sweep, settings.empty-directories { ? } }",
                "tasks.limits { type = file-limits, settings { ? } }",
                "tasks.limits { type = file-limits, settings.usage { ? } }",
                "tasks.limits { type = file-limits, settings.total { ? } }",
                "tasks.limits { type = file-limits, settings.per-room { ? } }",
                "tasks.limits { type = file-limits, settings.per-user { ? } }",
                "tasks.limits { type = file-limits, settings.used-space { ? } }",
                "tasks.limits { type = file-limits, settings.free-space { ? } }",
                "tasks.limits { type = file-limits, settings.listener { ? } }",
                "tasks.same { type = duplicate-files, settings { ? } }",
                "tasks.check { type = file-verification, settings { ? } }",
                "signals.replica-lag.second { ? }",
                "signals.plugins = [ { provider = queue, ? } ]",
            })
    void it_documents_what_an_entry_can_have(String entry) throws IOException {
        List<String> mistakes =
                with(TIDY + entry.replace("?", "no-such-thing = 1")).validate();
        Pattern unknown = Pattern.compile("no-such-thing: unknown; (.*) are allowed here");
        List<String> allowed = mistakes.stream()
                .map(unknown::matcher)
                .filter(Matcher::find)
                .flatMap(found -> Stream.of(found.group(1).split(", ")))
                .toList();

        assertThat(allowed).isNotEmpty();
        String text = text();
        assertThat(allowed)
                .allSatisfy(key -> assertThat(text).containsPattern("(?m)^ *#? +" + Pattern.quote(key) + " *[={]"));
    }

    @Test
    void its_defaults_are_those_of_the_production_profile() {
        assertSame(with(TIDY).plan().settings(), EngineSettings.production());
        assertSame(with("profile = production\n" + TIDY).plan().settings(), EngineSettings.production());
    }

    @Test
    void the_defaults_of_the_development_profile_are_those_of_the_engine() {
        assertSame(with("profile = development\n" + TIDY).plan().settings(), EngineSettings.development());
    }

    @Test
    void what_is_set_goes_before_what_the_profile_sets() {
        EngineSettings settings = with("profile = development\n" + TIDY
                        + "engine { at-least-every = null, claim-for = 7 s }\ntask-defaults.largest-batch = 20")
                .plan()
                .settings();

        assertThat(settings.atLeastEvery()).isEmpty();
        assertThat(settings.claimFor()).hasSeconds(7);
        assertThat(settings.closeTimeout()).hasSeconds(5);
        assertThat(settings.taskDefaults().smallestBatch()).isEqualTo(10);
        assertThat(settings.taskDefaults().largestBatch()).isEqualTo(20);
    }

    static void assertSame(EngineSettings given, EngineSettings expected) {
        assertThat(values(given, EngineSettings.class)).isEqualTo(values(expected, EngineSettings.class));
        assertSame(given.taskDefaults(), expected.taskDefaults());
    }

    private static void assertSame(TaskSettings given, TaskSettings expected) {
        assertThat(values(given, TaskSettings.class)).isEqualTo(values(expected, TaskSettings.class));
        for (Throwable failure : List.of(new SocketTimeoutException("slow"), new IllegalStateException("wrong"))) {
            assertThat(given.retryIf().test(failure))
                    .isEqualTo(expected.retryIf().test(failure));
        }
    }

    /** What all getters give but those for which there is no equality. */
    private static Map<String, Object> values(Object settings, Class<?> type) {
        Map<String, Object> all = new LinkedHashMap<>();
        for (Method getter : type.getMethods()) {
            boolean asked = getter.getDeclaringClass() == type
                    && getter.getParameterCount() == 0
                    && !Modifier.isStatic(getter.getModifiers())
                    && !Set.of("toBuilder", "taskDefaults", "retryIf").contains(getter.getName());
            if (asked) {
                try {
                    all.put(getter.getName(), getter.invoke(settings));
                } catch (ReflectiveOperationException e) {
                    throw new LinkageError(e.toString(), e);
                }
            }
        }
        assertThat(all).hasSizeGreaterThan(5);
        return all;
    }

    @Test
    void each_setter_of_the_engines_settings_has_a_key() {
        assertThat(setters(EngineSettings.Builder.class))
                .contains("tasksAtOnce")
                .filteredOn(setter -> !List.of("taskDefaults", "batchSize").contains(setter))
                .allSatisfy(setter -> assertThat(keysOf(setter))
                        .allSatisfy(key -> assertThat(reference().hasPathOrNull("engine." + key))
                                .as(key)
                                .isTrue()));
    }

    @Test
    void each_setter_of_a_tasks_settings_has_a_key() {
        assertThat(setters(TaskSettings.Builder.class))
                .contains("priority")
                .allSatisfy(setter -> assertThat(keysOf(setter))
                        .allSatisfy(key -> assertThat(reference().hasPathOrNull("task-defaults." + key))
                                .as(key)
                                .isTrue()));
    }

    private static Stream<String> setters(Class<?> builder) {
        return Stream.of(builder.getMethods())
                .filter(method -> method.getReturnType() == builder)
                .map(Method::getName)
                .distinct();
    }

    private static List<String> keysOf(String setter) {
        return OTHER_KEYS.getOrDefault(
                setter,
                List.of(Pattern.compile("[A-Z]")
                        .matcher(setter)
                        .replaceAll(upper -> "-" + upper.group().toLowerCase(Locale.ROOT))));
    }

    @Test
    void its_limits_of_the_machines_signals_are_those_of_the_engine() {
        List<String> on =
                with(TIDY + "signals { host-cpu.on = true, heap.on = true, free-disk.on = true }")
                        .plan()
                        .signals()
                        .stream()
                        .map(LoadSignal::toString)
                        .toList();

        assertThat(on)
                .containsExactly(
                        LoadSignals.hostCpu().toString(),
                        LoadSignals.heap().toString(),
                        LoadSignals.freeDisk(Path.of(".")).toString());
    }
}
