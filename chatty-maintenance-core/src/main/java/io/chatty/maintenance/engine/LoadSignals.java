package io.chatty.maintenance.engine;

import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadSignal;
import io.chatty.maintenance.task.MaintenanceException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.management.AttributeNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Ready signals of the machine and the JVM that the engine runs on. Those of the host's database are in the JDBC module's
 * {@code ChatDatabase.signals()}. All are thread-safe and keep nothing open.
 *
 * <p>Shares go from 0 to 1. Limits of a share that are not, or that stand in the wrong order, are refused with an
 * {@link IllegalArgumentException}.
 */
public final class LoadSignals {

    private static final double MEBIBYTE = 1024 * 1024;

    private LoadSignals() {}

    /** As {@link #hostCpu(LoadLimits)}; slow at 0.75, stop at 0.9. */
    public static LoadSignal hostCpu() {
        return hostCpu(LoadLimits.above(0.75, 0.9));
    }

    /**
     * The share of all processors that is in use, by whatever process, called {@code host-cpu}; in a container, of the
     * processors that it may use. Measured over the time since it was last asked for. Where the JVM cannot tell, the average
     * number of runnable threads a processor over the last minute; where it cannot tell that either, or not yet, the reading
     * is unknown.
     */
    public static LoadSignal hostCpu(LoadLimits limits) {
        return hostCpu(shares(limits, true), LoadSignals::cpuInUse);
    }

    /** With another measurement. */
    static LoadSignal hostCpu(LoadLimits limits, LoadSignal.Measurement inUse) {
        return LoadSignal.measured("host-cpu", "of the processors", limits, () -> {
            double share = inUse.measure();
            if (!(share >= 0)) { // -1 and NaN: before the first interval has passed, or on a platform that cannot tell
                throw new MaintenanceException("the JVM does not tell how busy the processors are");
            }
            return share;
        });
    }

    /** By name, since the interface that has the method is in a module that a small JVM may leave out, jdk.management. */
    private static double cpuInUse() throws JMException {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        try {
            return ((Number) beans.getAttribute(new ObjectName("java.lang:type=OperatingSystem"), "CpuLoad"))
                    .doubleValue();
        } catch (AttributeNotFoundException e) {
            var system = ManagementFactory.getOperatingSystemMXBean();
            return system.getSystemLoadAverage() / system.getAvailableProcessors();
        }
    }

    /** As {@link #heap(LoadLimits)}; slow at 0.75, stop at 0.9. */
    public static LoadSignal heap() {
        return heap(LoadLimits.above(0.75, 0.9));
    }

    /**
     * The share of the old generation that was still in use after the collector last looked at it, called {@code heap}. What
     * is in use between two collections is mostly garbage, and says nothing: a healthy heap fills up before each. As long
     * as the collector had no need to look at the old generation the share is 0. With a collector that knows no generations,
     * the share of the heap.
     */
    public static LoadSignal heap(LoadLimits limits) {
        return LoadSignal.measured("heap", "of the old generation", shares(limits, true), LoadSignals::heapInUse);
    }

    private static double heapInUse() {
        // Of the pools of the heap, only those that keep objects for long support a threshold of their usage.
        List<MemoryUsage> kept = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported())
                .map(MemoryPoolMXBean::getCollectionUsage)
                .filter(Objects::nonNull) // null where a collector does not tell
                .toList();
        if (kept.isEmpty()) {
            throw new MaintenanceException("this JVM's collector does not tell what is in use after a collection");
        }
        long heap = Runtime.getRuntime().maxMemory();
        return kept.stream()
                .mapToDouble(pool -> (double) pool.getUsed() / (pool.getMax() > 0 ? pool.getMax() : heap))
                .max()
                .orElseThrow();
    }

    /** As {@link #freeDisk(Path, LoadLimits)}; slow at 0.15, stop at 0.05. */
    public static LoadSignal freeDisk(Path path) {
        return freeDisk(path, LoadLimits.below(0.15, 0.05)); // Elasticsearch's low and flood-stage watermarks
    }

    /**
     * The share of the disk that this process may still fill, called {@code free-disk}. Unknown while there is no such path.
     *
     * @param path any file or folder on that disk, of this machine: the database's only if it runs here, too
     * @param limits shares, made by {@link LoadLimits#below}
     */
    public static LoadSignal freeDisk(Path path, LoadLimits limits) {
        return LoadSignal.measured("free-disk", "of the disk of " + path, shares(limits, false), () -> {
            FileStore disk = Files.getFileStore(path);
            if (disk.getTotalSpace() <= 0) {
                throw new MaintenanceException("the disk of " + path + " does not tell its size");
            }
            return (double) disk.getUsableSpace() / disk.getTotalSpace();
        });
    }

    /**
     * The space that this process may still fill, in MiB (1,048,576 bytes), called {@code free-disk-space}. Unknown while
     * there is no such path.
     *
     * @param path any file or folder on that disk, of this machine: the database's only if it runs here, too
     * @param limits MiB, made by {@link LoadLimits#below}
     */
    public static LoadSignal freeDiskSpace(Path path, LoadLimits limits) {
        Objects.requireNonNull(path, "path");
        return LoadSignal.measured(
                "free-disk-space",
                "MiB on the disk of " + path,
                ordered(limits, false),
                () -> Files.getFileStore(path).getUsableSpace() / MEBIBYTE);
    }

    private static LoadLimits shares(LoadLimits limits, boolean highIsBad) {
        if (Math.max(limits.slowAt(), limits.stopAt()) > 1) {
            throw new IllegalArgumentException("limits: slowAt " + limits.slowAt() + ", stopAt " + limits.stopAt()
                    + " given; shares from 0 to 1 are allowed");
        }
        return ordered(limits, highIsBad);
    }

    private static LoadLimits ordered(LoadLimits limits, boolean highIsBad) {
        if (limits.stopAt() > limits.slowAt() != highIsBad) {
            throw new IllegalArgumentException("limits: slowAt " + limits.slowAt() + ", stopAt " + limits.stopAt()
                    + " given; " + (highIsBad ? "high" : "low") + " values of this signal are bad, so stopAt must be "
                    + (highIsBad ? "above" : "below") + " slowAt");
        }
        return limits;
    }
}
