package io.chatty.maintenance.benchmarks;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.task.MaintenanceTask;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/** Watches an engine of fifty tasks between two due times. */
final class IdleEngine {

    private static final int TASKS = 50;

    private IdleEngine() {}

    /** How often it woke up and asked for a connection in so many seconds, the CPU time of its timer, and its threads. */
    static Map<String, Object> watch(DataSource dataSource, int seconds) throws Exception {
        AtomicLong connections = new AtomicLong();
        AtomicLong wakeUps = new AtomicLong();
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1) {
            @Override
            protected void beforeExecute(Thread thread, Runnable work) {
                wakeUps.incrementAndGet();
            }
        };
        ChatDatabase chat = ChatDatabase.of(
                counting(dataSource, connections),
                ChatSchema.builder()
                        .messages("messages", m -> m.key("id").sentAt("sent_at"))
                        .build());
        MaintenanceEngine.Builder builder =
                MaintenanceEngine.builder().runStore(chat.runStore()).scheduler(scheduler);
        LocalTime farOff = LocalTime.now(ZoneOffset.UTC).minusHours(2);
        for (int i = 0; i < TASKS; i++) {
            builder.task(
                    MaintenanceTask.of("idle-" + i, () -> {}), Schedules.daily(farOff.plusSeconds(i), ZoneOffset.UTC));
        }
        try (MaintenanceEngine engine = builder.build()) {
            engine.start();
            connections.set(0);
            wakeUps.set(0);
            TimeUnit.SECONDS.sleep(seconds);
            Map<String, Object> seen = new LinkedHashMap<>();
            seen.put("tasks", TASKS);
            seen.put("seconds", seconds);
            seen.put("queries", connections.get());
            seen.put("wakeUps", wakeUps.get());
            return seen;
        } finally {
            scheduler.shutdownNow();
        }
    }

    private static DataSource counting(DataSource target, AtomicLong connections) {
        return (DataSource) Proxy.newProxyInstance(
                IdleEngine.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getConnection")) {
                        connections.incrementAndGet();
                    }
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }
}
