package io.chatty.maintenance.testkit;

import static io.chatty.maintenance.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.TaskRecord;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadSignal;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.RunId;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MaintenanceMXBeanTest {

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final Gate gate = new Gate();

    @AfterEach
    void nothing_is_left() throws Exception {
        gate.openForAll();
        Eventually.eventuallyNoEngineThreads();
        assertThat(server.queryNames(named("chat*"), null)).isEmpty();
    }

    private MaintenanceEngine.Builder engine() {
        return stepped.engine(store).name("chat");
    }

    private static ObjectName named(String name) throws Exception {
        return new ObjectName("io.chatty.maintenance:type=MaintenanceEngine,name=\"" + name + "\"");
    }

    private Object get(String attribute) throws Exception {
        return server.getAttribute(named("chat"), attribute);
    }

    private Object call(String operation, Object... arguments) throws Exception {
        String[] signature = Arrays.stream(arguments)
                .map(argument -> argument instanceof Integer ? "int" : String.class.getName())
                .toArray(String[]::new);
        return server.invoke(named("chat"), operation, arguments, signature);
    }

    @Test
    void a_console_sees_health_status_signals_and_history_in_strings() throws Exception {
        MaintenanceEngine engine = engine().signal(LoadSignal.measured("lag", "s", LoadLimits.above(5, 10), () -> 7))
                .task(new CountedTask("tidy", 2), Schedules.every(Duration.ofHours(1)))
                .task(new CountedTask("fails", 1).within(context -> {
                    throw new IllegalStateException("no such room");
                }))
                .build();
        engine.start();
        assertThat(get("Name")).isEqualTo("chat");
        assertThat(get("Health")).isEqualTo("UP");
        assertThat((String[]) get("HealthReasons")).isEmpty();
        assertThat((String[]) get("Status"))
                .containsExactly("tidy: UP, due 2026-01-01T01:00:00Z", "fails: UP, not due");

        String id = (String) call("runNow", "tidy");
        String other = (String) call("runNow", "fails");
        stepped.advance(Duration.ofMinutes(1));
        assertThat(engine.find(new RunId(id)).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(((TabularData) get("Signals")).get(new Object[] {"lag"}).get("value"))
                .asString()
                .startsWith("SLOW: lag 7 s");
        assertThat((String[]) call("history", "tidy", 5))
                .singleElement()
                .asString()
                .startsWith("2026-01-01T00:00:00Z SUCCEEDED in PT")
                .contains(": 2 batches, done=2, bottleneck ", " %")
                .endsWith("(run " + id + ")");
        assertThat(get("Health")).isEqualTo("DEGRADED");
        assertThat((String[]) get("HealthReasons"))
                .containsExactly("fails: failing: the last run failed, java.lang.IllegalStateException: no such room");
        assertThat(((String[]) get("Status"))[1])
                .startsWith("fails: DEGRADED, not due; failing: the last run failed")
                .contains("last 2026-01-01T00:00:00Z FAILED")
                .contains("; java.lang.IllegalStateException: no such room")
                .endsWith("(run " + other + ")");
        assertThat((String) call("preview", "tidy")).contains("due.done", "2");
        engine.close();
    }

    @Test
    void a_console_pauses_resumes_and_cancels() throws Exception {
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .name("chat")
                .runStore(store)
                .task(new CountedTask("tidy", 3).within(context -> gate.pass()))
                .build();
        engine.start();
        String id = (String) call("runNow", "tidy");
        gate.awaitReached();
        assertThat(((String[]) get("Status"))[0]).contains("; runs since ", ": 0 batches");
        call("pause", "tidy");
        gate.open();
        eventually("the run rests", () -> state(engine, id) == RunState.PAUSED);
        assertThat(((String[]) get("Status"))[0]).contains("; paused; last ");
        call("resume", "tidy");
        gate.awaitReached();
        assertThat(state(engine, id)).isEqualTo(RunState.RUNNING);
        assertThat(call("cancel", "tidy")).isEqualTo(true);
        gate.openForAll();
        eventually("the run is cancelled", () -> state(engine, id) == RunState.CANCELLED);
        assertThat(call("cancel", "tidy")).isEqualTo(false);
        engine.close();
    }

    @Test
    void a_console_confirms_a_run_that_awaits_it() throws Exception {
        MaintenanceEngine engine = engine().task(new CautiousTask()).build();
        engine.start();
        String id = (String) call("runNow", "tidy");
        assertThat(((String[]) get("Status"))[0])
                .contains(
                        "awaiting confirmation: run " + id + " awaits confirmation: 4 of 9 would go; \"confirm " + id);
        assertThat((String[]) get("HealthReasons")).singleElement().asString().contains(id);
        call("confirm", id);
        assertThat(state(engine, id)).isEqualTo(RunState.SUCCEEDED);
        assertThat(((String[]) call("history", "tidy", 1))[0]).contains("fingerprint a year");
        assertThatThrownBy(() -> call("confirm", id))
                .cause()
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not await confirmation: it is SUCCEEDED");
        engine.close();
    }

    private static RunState state(MaintenanceEngine engine, String id) {
        return engine.find(new RunId(id)).orElseThrow().state();
    }

    @Test
    void what_cannot_be_done_is_said_with_exceptions_that_every_console_has() throws Exception {
        MaintenanceEngine engine = engine().task(new CountedTask("tidy", 1)).build();
        engine.start();
        assertThatThrownBy(() -> call("pause", "nope"))
                .isInstanceOf(RuntimeMBeanException.class)
                .cause()
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"nope\" is unknown; there are [tidy]");
        call("pause", "tidy");
        assertThatThrownBy(() -> call("runNow", "tidy"))
                .isInstanceOf(RuntimeMBeanException.class)
                .cause()
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("task tidy is paused: resume it first")
                .hasNoCause();
        engine.close();
    }

    @Test
    void types_are_those_that_every_console_has() throws Exception {
        MaintenanceEngine engine = engine().task(new CountedTask("tidy", 1)).build();
        engine.start();
        MBeanInfo info = server.getMBeanInfo(named("chat"));
        assertThat(info.getDescriptor().getFieldValue("mxbean")).isEqualTo("true");
        assertThat(info.getAttributes())
                .extracting(MBeanAttributeInfo::getName)
                .containsExactlyInAnyOrder("Name", "Health", "HealthReasons", "Status", "Signals");
        assertThat(info.getOperations())
                .extracting(MBeanOperationInfo::getName)
                .containsExactlyInAnyOrder("history", "preview", "runNow", "pause", "resume", "confirm", "cancel");
        assertThat(info.getAttributes())
                .extracting(MBeanAttributeInfo::getType)
                .allMatch(type -> type.equals("java.lang.String")
                        || type.equals("[Ljava.lang.String;")
                        || type.equals(TabularData.class.getName()));
        engine.close();
    }

    @Test
    void a_name_that_is_taken_gets_the_next_free_number() throws Exception {
        MaintenanceEngine one = engine().task(new CountedTask("tidy", 1)).build();
        MaintenanceEngine two =
                stepped.engine(new InMemoryRunStore()).name("chat").build();
        MaintenanceEngine three =
                stepped.engine(new InMemoryRunStore()).name("chat").build();
        one.start();
        two.start();
        assertThat(server.isRegistered(named("chat-2"))).isTrue();
        assertThat(server.getAttribute(named("chat-2"), "Name")).isEqualTo("chat-2");
        two.close();
        assertThat(server.isRegistered(named("chat-2"))).isFalse();
        assertThat(server.isRegistered(named("chat"))).isTrue();
        three.start();
        assertThat(server.isRegistered(named("chat-2"))).isTrue();
        three.close();
        one.close();
    }

    @Test
    void an_engine_without_a_name_is_called_maintenance_and_names_are_checked() throws Exception {
        Set<ObjectName> others = server.queryNames(named("*"), null);
        MaintenanceEngine engine = stepped.engine(store).build();
        engine.start();
        Set<ObjectName> all = new HashSet<>(server.queryNames(named("*"), null));
        all.removeAll(others);
        assertThat(all)
                .singleElement()
                .satisfies(name -> assertThat(name.getKeyProperty("name")).matches("\"maintenance(-[0-9]+)?\""));
        engine.close();
        assertThat(server.queryNames(named("*"), null)).isEqualTo(others);
        assertThatThrownBy(() -> MaintenanceEngine.builder().name("a,b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("engine name: \"a,b\"");
    }

    @Test
    void a_start_that_fails_leaves_no_bean() throws Exception {
        MaintenanceEngine engine = stepped.engine(new ForwardingStore() {
                    @Override
                    public TaskRecord look(String task) {
                        throw new MaintenanceException("the store is away");
                    }
                })
                .name("chat")
                .task(new CountedTask("tidy", 1))
                .build();
        assertThatThrownBy(engine::start).hasMessageContaining("the store is away");
        assertThat(server.isRegistered(named("chat"))).isFalse();
    }
}
