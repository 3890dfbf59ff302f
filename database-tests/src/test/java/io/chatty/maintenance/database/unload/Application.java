package io.chatty.maintenance.database.unload;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;

import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.config.MaintenanceConfig;
import io.chatty.maintenance.engine.LoadSignals;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.MaintenanceTask;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.ZoneId;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.sql.DataSource;

/** An application that a host loads in a class loader of its own, with the library: uses all of it, and ends. */
final class Application {

    private static final String CONFIG = """
            chatty-maintenance {
              store.type = jdbc
              schema.messages { table = messages, key = id, sent-at { column = sent_at, kind = zoned } }
              policies.global = 50 days
              tasks.configured { type = message-cleanup, schedule { daily = "02:30", zone = UTC } }
            }
            """;

    private Application() {}

    /** What the host gives outlives the application. */
    static void run(DataSource source, ScheduledExecutorService scheduler, ExecutorService workers) throws Exception {
        ChatSchema schema = ChatSchema.builder()
                .messages("messages", m -> m.key("id").sentAt("sent_at"))
                .build();
        ChatDatabase chat = ChatDatabase.of(source, schema);
        chat.migrate();
        runEngine(chat, builder -> builder.scheduler(scheduler).workers(workers));
        runEngine(chat, UnaryOperator.identity());
        try (ConfiguredEngine configured =
                MaintenanceConfig.parse(CONFIG).dataSource(source).engine()) {
            configured.start();
            succeeded(configured.engine(), "configured");
        }
    }

    private static void runEngine(ChatDatabase chat, UnaryOperator<MaintenanceEngine.Builder> executors)
            throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch due = new CountDownLatch(1);
        RetentionPolicies policies = RetentionPolicies.builder()
                .global(RetentionRule.keepFor(ofDays(50)))
                .build();
        try (MaintenanceEngine engine = executors
                .apply(MaintenanceEngine.builder())
                .name("unloaded")
                .settings(s -> s.signalInterval(ofMillis(1)))
                .runStore(chat.runStore())
                .meterRegistry(registry)
                .signal(LoadSignals.heap())
                .signal(chat.signals().lockWaits())
                .signal(chat.signals().poolSaturation())
                .listener(event -> told.countDown())
                .task(chat.messageCleanup(policies).build(), Schedules.cron("0 3 * * *", ZoneId.of("Europe/Berlin")))
                .task("made", () -> MaintenanceTask.of("made", () -> {}))
                .task(
                        MaintenanceTask.of("fails", () -> {
                            throw new java.util.concurrent.TimeoutException("it passes");
                        }),
                        Schedules.every(ofDays(1)),
                        t -> t.retries(1).retryDelay(ofMillis(1), ofMillis(1)))
                .task(MaintenanceTask.of("due", due::countDown), Schedules.every(ofMillis(1000)))
                .build()) {
            engine.start();
            engine.preview("message-cleanup");
            succeeded(engine, "message-cleanup");
            succeeded(engine, "made");
            Run failed = engine.runNow("fails").get(30, TimeUnit.SECONDS);
            check(failed.state() == RunState.FAILED, failed);
            check(told.await(30, TimeUnit.SECONDS), "a listener is told");
            check(due.await(30, TimeUnit.SECONDS), "a task is due");
            MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
            Set<ObjectName> names = beans.queryNames(new ObjectName("io.chatty.maintenance:*"), null);
            check(names.size() == 1, names);
            for (ObjectName name : names) {
                beans.getAttribute(name, "Status");
                beans.getAttribute(name, "Signals");
            }
        }
        registry.close();
    }

    private static void succeeded(MaintenanceEngine engine, String task) throws Exception {
        Run run = engine.runNow(task).get(30, TimeUnit.SECONDS);
        check(run.state() == RunState.SUCCEEDED, run);
    }

    private static void check(boolean holds, Object what) {
        if (!holds) {
            throw new IllegalStateException(what.toString());
        }
    }
}
