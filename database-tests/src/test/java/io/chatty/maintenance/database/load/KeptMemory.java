package io.chatty.maintenance.database.load;

import io.chatty.maintenance.engine.LoadSignals;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadSignal;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Memory of this JVM that is kept, beside what was kept before: slow at 64 MiB, stop at 256. */
final class KeptMemory implements Pressure {

    private static final int MEBIBYTE = 1024 * 1024;

    private final LoadSignal signal;
    private final List<byte[]> kept = new ArrayList<>();

    KeptMemory() {
        System.gc();
        double heap = Runtime.getRuntime().maxMemory();
        double quiet = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / heap;
        this.signal = LoadSignals.heap(LoadLimits.above(quiet + 64 * MEBIBYTE / heap, quiet + 256 * MEBIBYTE / heap));
    }

    @Override
    public LoadSignal signal() {
        return signal;
    }

    @Override
    public void slow() {
        keep(128);
    }

    @Override
    public void stop() {
        keep(256);
    }

    private void keep(int mebibytes) {
        for (int i = 0; i < mebibytes; i++) {
            kept.add(new byte[MEBIBYTE]);
        }
        System.gc();
    }

    @Override
    public void release() {
        kept.clear();
        System.gc();
    }
}
