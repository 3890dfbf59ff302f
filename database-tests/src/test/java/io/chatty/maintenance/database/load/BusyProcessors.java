package io.chatty.maintenance.database.load;

import io.chatty.maintenance.engine.LoadSignals;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadSignal;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads, as many as there are processors, that do nothing, in haste: first for a quarter of the time, then for all of it. The
 * limits are as far apart as can be, since who else works on the machine is seen as well.
 */
final class BusyProcessors implements Pressure {

    private static final long PERIOD = 10_000_000;

    private final LoadSignal signal = LoadSignals.hostCpu(LoadLimits.above(0.05, 0.85));
    private final AtomicInteger percent = new AtomicInteger();

    @Override
    public LoadSignal signal() {
        return signal;
    }

    @Override
    public void slow() {
        percent.set(25);
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Thread thread = new Thread(this::work, "busy-" + i);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void work() {
        while (percent.get() > 0) {
            long begin = System.nanoTime();
            long busy = PERIOD * percent.get() / 100;
            while (System.nanoTime() - begin < busy) {
                Thread.onSpinWait();
            }
            LockSupport.parkNanos(PERIOD - busy);
        }
    }

    @Override
    public void stop() {
        percent.set(100);
    }

    @Override
    public void release() {
        percent.set(0); // they end by themselves
    }
}
