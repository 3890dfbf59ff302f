package io.chatty.maintenance.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadReading.Level;
import io.chatty.maintenance.schedule.LoadSignal;
import io.chatty.maintenance.task.MaintenanceException;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LoadSignalsTest {

    private static final int MEBIBYTE = 1024 * 1024;

    private final List<byte[]> kept = new ArrayList<>();

    @Test
    void the_processors_slow_stop_and_release() throws Exception {
        double[] inUse = {0.5};
        LoadSignal cpu = LoadSignals.hostCpu(LoadLimits.above(0.75, 0.9), () -> inUse[0]);
        assertThat(cpu.name()).isEqualTo("host-cpu");
        assertThat(cpu.read().level()).isEqualTo(Level.NORMAL);
        inUse[0] = 0.8;
        assertThat(cpu.read().level()).isEqualTo(Level.SLOW);
        inUse[0] = 1;
        assertThat(cpu.read().level()).isEqualTo(Level.STOP);
        inUse[0] = 0;
        assertThat(cpu.read().level()).isEqualTo(Level.NORMAL);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, -0.5, Double.NaN})
    void processors_that_the_jvm_does_not_know_yet_are_no_quiet_ones(double inUse) {
        LoadSignal cpu = LoadSignals.hostCpu(LoadLimits.above(0.75, 0.9), () -> inUse);
        assertThatThrownBy(cpu::read)
                .isInstanceOf(MaintenanceException.class)
                .hasMessage("the JVM does not tell how busy the processors are");
    }

    @Test
    void processors_that_are_really_busy_stop() throws Exception {
        LoadSignal cpu = LoadSignals.hostCpu(LoadLimits.above(0.6, 0.8));
        AtomicBoolean busy = new AtomicBoolean(true);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Thread thread = new Thread(
                    () -> {
                        while (busy.get()) {
                            Thread.onSpinWait();
                        }
                    },
                    "busy-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        try {
            long start = System.nanoTime();
            while (levelOf(cpu) != Level.STOP) {
                assertThat(System.nanoTime() - start)
                        .as("nanoseconds until it stops")
                        .isLessThan(20_000_000_000L);
                LockSupport.parkNanos(200_000_000); // what it measures is the time in between
            }
        } finally {
            busy.set(false);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    /** Unknown as long as the JVM has measured nothing. */
    private static Level levelOf(LoadSignal cpu) throws Exception {
        try {
            return cpu.read().level();
        } catch (MaintenanceException e) {
            return Level.UNKNOWN;
        }
    }

    @Test
    void what_is_kept_on_the_heap_slows_stops_and_releases() throws Exception {
        System.gc();
        double quiet = keptShare(LoadSignals.heap());
        double mebibyte = (double) MEBIBYTE / Runtime.getRuntime().maxMemory();
        LoadSignal heap = LoadSignals.heap(LoadLimits.above(quiet + 32 * mebibyte, quiet + 128 * mebibyte));
        assertThat(heap.name()).isEqualTo("heap");
        assertThat(heap.read().level()).isEqualTo(Level.NORMAL);

        keep(64);
        assertThat(heap.read().level()).isEqualTo(Level.SLOW);
        keep(128);
        assertThat(heap.read().level()).isEqualTo(Level.STOP);

        kept.clear();
        System.gc();
        assertThat(heap.read().level()).isEqualTo(Level.NORMAL);
    }

    @Test
    void what_the_collector_has_not_looked_at_yet_is_no_load() throws Exception {
        double mebibyte = (double) MEBIBYTE / Runtime.getRuntime().maxMemory();
        for (int tries = 0; tries < 50; tries++) {
            long collections = collections();
            double before = keptShare(LoadSignals.heap());
            LoadSignal heap = LoadSignals.heap(LoadLimits.above(before + 16 * mebibyte, before + 32 * mebibyte));
            for (int i = 0; i < 3; i++) {
                kept.add(new byte[16 * MEBIBYTE]); // too big for any other than the old generation
            }
            Level level = heap.read().level();
            if (collections() == collections) {
                assertThat(level).isEqualTo(Level.NORMAL);
                return;
            }
            kept.clear(); // a heap that is small is looked at sooner, and grows by that
        }
        fail("the collector has looked each time");
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    private void keep(int mebibytes) {
        for (int i = 0; i < mebibytes; i++) {
            kept.add(new byte[MEBIBYTE]);
        }
        System.gc();
    }

    /** The share that a reason tells. */
    private static double keptShare(LoadSignal heap) throws Exception {
        String reason = heap.read().reason();
        return Double.parseDouble(reason.replaceAll("^heap ([0-9.]+) of .*", "$1"));
    }

    @Test
    void a_disk_slows_and_stops_by_the_share_of_it_that_is_free(@TempDir Path folder) throws Exception {
        double free =
                (double) folder.toFile().getUsableSpace() / folder.toFile().getTotalSpace();
        assertThat(free).as("share that is free where this test runs").isBetween(0.01, 0.99);
        assertThat(level(LoadSignals.freeDisk(folder, LoadLimits.below(free * 0.9, free * 0.5))))
                .isEqualTo(Level.NORMAL);
        assertThat(level(LoadSignals.freeDisk(folder, LoadLimits.below((1 + free) / 2, free * 0.5))))
                .isEqualTo(Level.SLOW);
        assertThat(level(LoadSignals.freeDisk(folder, LoadLimits.below(1, (1 + free) / 2))))
                .isEqualTo(Level.STOP);
    }

    @Test
    void a_disk_slows_and_stops_by_the_space_that_is_free(@TempDir Path folder) throws Exception {
        double free = (double) folder.toFile().getUsableSpace() / MEBIBYTE;
        assertThat(level(LoadSignals.freeDiskSpace(folder, LoadLimits.below(free * 0.9, 0))))
                .isEqualTo(Level.NORMAL);
        assertThat(level(LoadSignals.freeDiskSpace(folder, LoadLimits.below(free * 1.1, free * 0.9))))
                .isEqualTo(Level.SLOW);
        assertThat(level(LoadSignals.freeDiskSpace(folder, LoadLimits.below(free * 1.2, free * 1.1))))
                .isEqualTo(Level.STOP);
    }

    @Test
    void a_reason_names_the_disk(@TempDir Path folder) throws Exception {
        assertThat(LoadSignals.freeDisk(folder).read().reason())
                .startsWith("free-disk 0.")
                .contains(folder.toString());
        assertThat(LoadSignals.freeDiskSpace(folder, LoadLimits.below(2, 1))
                        .read()
                        .reason())
                .contains(" MiB on the disk of " + folder);
    }

    @Test
    void a_path_that_does_not_exist_cannot_be_measured_until_it_does(@TempDir Path folder) throws IOException {
        Path missing = folder.resolve("missing");
        List<LoadSignal> signals =
                List.of(LoadSignals.freeDisk(missing), LoadSignals.freeDiskSpace(missing, LoadLimits.below(2, 1)));
        assertThat(signals)
                .allSatisfy(signal -> assertThatThrownBy(signal::read)
                        .isInstanceOf(NoSuchFileException.class)
                        .hasMessageContaining(missing.toString()));
        Files.createFile(missing);
        assertThat(signals)
                .allSatisfy(signal -> assertThat(signal.read().level()).isNotEqualTo(Level.UNKNOWN));
    }

    @Test
    void percentages_and_limits_in_the_wrong_order_are_refused() {
        Path folder = Path.of("");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadSignals.hostCpu(LoadLimits.above(75, 90)))
                .withMessage("limits: slowAt 75.0, stopAt 90.0 given; shares from 0 to 1 are allowed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadSignals.heap(LoadLimits.below(0.9, 0.7)))
                .withMessageEndingWith("high values of this signal are bad, so stopAt must be above slowAt");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadSignals.freeDisk(folder, LoadLimits.above(0.1, 0.2)))
                .withMessageEndingWith("low values of this signal are bad, so stopAt must be below slowAt");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadSignals.freeDiskSpace(folder, LoadLimits.above(1_000, 2_000)));
    }

    @Test
    void the_default_limits_are_as_documented() throws Exception {
        assertThat(LoadSignals.heap().read().reason()).endsWith("(slow at 0.75, stop at 0.9)");
        assertThat(LoadSignals.freeDisk(Path.of(".")).read().reason()).endsWith("(slow at 0.15, stop at 0.05)");
    }

    private static Level level(LoadSignal signal) throws Exception {
        return signal.read().level();
    }
}
