package io.chatty.maintenance.engine;

import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.RunId;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/** The engine in the platform's MBean server, as long as it is started. */
final class EngineBean implements MaintenanceMXBean {

    /** So many engines of one name are told apart. */
    private static final int MOST_OF_A_NAME = 100;

    private final MaintenanceEngine engine;
    private final EngineLog log;
    private volatile String name;
    private @Nullable ObjectName registered; // guarded by this

    EngineBean(MaintenanceEngine engine, String name, EngineLog log) {
        this.engine = engine;
        this.name = name;
        this.log = log;
    }

    /** Registers it under its name, or under that and a number where the name is taken; gives the name. */
    synchronized String register() {
        String wanted = name;
        try {
            for (int number = 1; number <= MOST_OF_A_NAME; number++) {
                if (isRegisteredAs(number == 1 ? wanted : wanted + "-" + number)) {
                    if (number > 1) {
                        log.warn("The name {} is another engine's in this JVM: this one is {}", wanted, name);
                    }
                    return name;
                }
            }
            log.warn("The engine is not in JMX: there are {} of the name {}", MOST_OF_A_NAME, wanted);
        } catch (JMException | RuntimeException e) { // an engine works as well without
            log.warn("The engine is not in JMX", e);
        }
        return name;
    }

    private synchronized boolean isRegisteredAs(String tried) throws JMException {
        ObjectName as = new ObjectName("io.chatty.maintenance:type=MaintenanceEngine,name=" + ObjectName.quote(tried));
        try {
            ManagementFactory.getPlatformMBeanServer().registerMBean(this, as);
        } catch (InstanceAlreadyExistsException e) {
            return false;
        }
        registered = as;
        name = tried;
        log.info("The engine is in JMX as {}", as);
        return true;
    }

    synchronized void unregister() {
        ObjectName as = registered;
        registered = null;
        if (as != null) {
            try {
                ManagementFactory.getPlatformMBeanServer().unregisterMBean(as);
            } catch (JMException | RuntimeException e) {
                log.warn("The engine could not be taken out of JMX", e);
            }
        }
    }

    /** Consoles do not have our exceptions. */
    private static <T> T told(Supplier<T> work) {
        try {
            return work.get();
        } catch (MaintenanceException e) {
            throw new IllegalStateException(TaskErrors.describe(e));
        }
    }

    private static void tell(Runnable work) {
        told(() -> {
            work.run();
            return true;
        });
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getHealth() {
        return engine.health().level().name();
    }

    @Override
    public String[] getHealthReasons() {
        return engine.health().reasons().toArray(String[]::new);
    }

    @Override
    public String[] getStatus() {
        return told(() -> engine.status().stream().map(Lines::of).toArray(String[]::new));
    }

    @Override
    public Map<String, String> getSignals() {
        Map<String, String> signals = new TreeMap<>();
        engine.signals().forEach((signal, said) -> signals.put(signal, said.level() + ": " + said.reason()));
        return signals;
    }

    @Override
    public String[] history(String task, int limit) {
        return told(() -> engine.history(task, limit).stream().map(Lines::of).toArray(String[]::new));
    }

    @Override
    public String preview(String task) {
        return told(() -> engine.preview(task).toString());
    }

    @Override
    public String runNow(String task) {
        return told(() -> engine.begin(task).run().id().value());
    }

    @Override
    public void pause(String task) {
        tell(() -> engine.pause(task));
    }

    @Override
    public void resume(String task) {
        tell(() -> engine.resume(task));
    }

    @Override
    public void confirm(String runId) {
        tell(() -> engine.confirm(new RunId(runId)));
    }

    @Override
    public boolean cancel(String task) {
        return told(() -> engine.cancel(task));
    }
}
