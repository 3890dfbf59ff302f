package io.chatty.maintenance.database.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chatty.maintenance.engine.LoadSignals;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadSignal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A disk of 16 MiB, in memory, that is filled: slow when half of it is left, stop at a fifth. A child process mounts it where
 * only that process sees it, for which no special right is needed; this one gets at it through the child's root.
 */
final class SmallDisk implements Pressure {

    private static final int MEBIBYTE = 1024 * 1024;

    private final Process mounted;
    private final Path disk;
    private final LoadSignal signal;

    SmallDisk() throws IOException {
        this.mounted = new ProcessBuilder(
                        "unshare",
                        "--user",
                        "--map-root-user",
                        "--mount",
                        "sh",
                        "-c",
                        "mount -t tmpfs -o size=16m small /mnt && echo mounted && exec cat")
                .redirectErrorStream(true)
                .start();
        BufferedReader said = mounted.inputReader(UTF_8);
        String line = said.readLine();
        if (!"mounted".equals(line)) {
            throw new IOException("no small disk was mounted: " + line);
        }
        this.disk = Path.of("/proc", Long.toString(mounted.pid()), "root", "mnt");
        this.signal = LoadSignals.freeDisk(disk, LoadLimits.below(0.5, 0.2));
    }

    @Override
    public LoadSignal signal() {
        return signal;
    }

    @Override
    public void slow() throws IOException {
        Files.write(disk.resolve("first"), new byte[10 * MEBIBYTE]);
    }

    @Override
    public void stop() throws IOException {
        Files.write(disk.resolve("second"), new byte[4 * MEBIBYTE]);
    }

    @Override
    public void release() throws IOException {
        Files.deleteIfExists(disk.resolve("first"));
        Files.deleteIfExists(disk.resolve("second"));
    }

    @Override
    public void close() {
        mounted.destroy();
    }
}
