package io.chatty.maintenance.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures how fast due messages are removed: by plain SQL, by the usual loop, and by the library. */
@Command(
        name = "purge",
        description = "Removes due messages by plain SQL, by the usual loop and by MessageCleanup, in turn.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class PurgeCommand implements Callable<Integer> {

    @Option(
            names = "--database",
            required = true,
            description = "postgresql, mariadb or h2; the server is started by this command")
    @SuppressWarnings("NullAway.Init") // required
    private Database database;

    @Option(names = "--rows", required = true, description = "how many messages, 1000 to 100000000")
    private int rows;

    @Option(names = "--due", defaultValue = "0.5", description = "the share that is due, 0.01 to 0.9 (default 0.5)")
    private double due;

    @Option(names = "--repetitions", defaultValue = "3", description = "1 to 100 (default 3)")
    private int repetitions;

    @Option(names = "--batch-size", description = "MessageCleanup's batch size (default: the engine's)")
    private @Nullable Integer batchSize;

    @Option(names = "--workers", defaultValue = "1", description = "MessageCleanup's workers, 1 to 16 (default 1)")
    private int workers;

    @Option(names = "--rooms", description = "so many rooms with a rule of its own each, 2 to 100000")
    private @Nullable Integer ruledRooms;

    @Option(names = "--pinned", defaultValue = "0", description = "the share of pinned messages, up to 0.9 (default 0)")
    private double pinned;

    @Option(names = "--foreign-keys", description = "children refer to messages by foreign keys without an action")
    private boolean foreignKeys;

    @Option(names = "--snapshot-held", description = "another connection holds an old snapshot meanwhile")
    private boolean snapshotHeld;

    @Option(
            names = "--no-usual-loop",
            description = "leave the usual loop out, whose time grows with the square of --rows")
    private boolean noUsualLoop;

    @Option(names = "--profile", description = "also print the time that each SQL statement took")
    private boolean profile;

    @Spec
    @SuppressWarnings("NullAway.Init") // set before call()
    private CommandSpec spec;

    PurgeCommand() {}

    @Override
    public Integer call() throws Exception {
        require(rows >= 1_000 && rows <= 100_000_000, "--rows", rows, "1000 to 100000000");
        require(due >= 0.01 && due <= 0.9, "--due", due, "0.01 to 0.9");
        require(repetitions >= 1 && repetitions <= 100, "--repetitions", repetitions, "1 to 100");
        Integer size = batchSize;
        require(size == null || (size >= 1 && size <= 100_000), "--batch-size", String.valueOf(size), "1 to 100000");
        require(workers >= 1 && workers <= 16, "--workers", workers, "1 to 16");

        Integer rooms = ruledRooms;
        require(rooms == null || (rooms >= 2 && rooms <= 100_000), "--rooms", String.valueOf(rooms), "2 to 100000");
        require(pinned >= 0 && pinned <= 0.9, "--pinned", pinned, "0 to 0.9");
        Workload aimedAt = Workload.of(
                database, rows, due, new Shape(rooms == null ? 0 : rooms, pinned, foreignKeys, snapshotHeld));

        System.out.println("Starting " + database.title() + " ...");
        try (Server server = database.start()) {
            System.out.println("Loading " + aimedAt + " ...");
            long start = System.nanoTime();
            Workload workload = aimedAt.loaded(new Loader(aimedAt).load(server.template()));
            server.sealTemplate(workload);
            Remainder expected = Remainder.ofKept(server.template(), workload);
            System.out.printf(
                    "Loaded in %.1f s. Before each measurement, untimed: %s.%n%n",
                    Duration.ofNanos(System.nanoTime() - start).toMillis() / 1e3, server.restoring());

            List<Purge> purges = purges(workload, size == null ? OptionalInt.empty() : OptionalInt.of(size));
            Purge cleanup = purges.get(purges.size() - 1);
            System.out.println("  warm-up of the JVM, not counted: "
                    + Measurement.take(0, cleanup, server, expected, new Probe(false)));
            List<Measurement> measurements = new ArrayList<>();
            for (int repetition = 1; repetition <= repetitions; repetition++) {
                for (Purge purge : purges) {
                    Measurement measurement = Measurement.take(repetition, purge, server, expected, new Probe(profile));
                    measurements.add(measurement);
                    System.out.println(measurement);
                }
            }
            new Report(workload, server.settings(), repetitions, workers, measurements).print(System.out, profile);
        }
        return 0;
    }

    private List<Purge> purges(Workload workload, OptionalInt size) {
        List<Purge> purges = new ArrayList<>(List.of(new RawDelete(workload)));
        if (!noUsualLoop) {
            purges.add(new UsualLoop(workload));
        }
        PtArchiver.of(workload).ifPresent(purges::add);
        purges.add(new EngineCleanup(workload, size, OptionalLong.empty(), workers));
        return purges;
    }

    private void require(boolean holds, String option, Object given, String allowed) {
        if (!holds) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Invalid value for option '" + option + "': " + given + "; allowed: " + allowed);
        }
    }
}
