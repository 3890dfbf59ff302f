package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileLedger.Sum;
import io.chatty.maintenance.file.FileSpace;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.file.sweep.SweepCursor.Phase;
import io.chatty.maintenance.file.sweep.SweepCursor.Tally;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the last run in this process found, for gauges: plain state, so that whoever reads them asks no store. What is not known
 * yet is NaN. Thread-safe.
 */
final class SweepFigures {

    private static final Logger LOG = LoggerFactory.getLogger(FileSweep.class);
    private static final String PREFIX = "chatty.maintenance.files.";

    private final String task;
    private final double lowSpace;

    // All guarded by this.
    private double files = Double.NaN;
    private double bytes = Double.NaN;
    private double broken = Double.NaN;
    private double oldestSeconds = Double.NaN;
    private Instant oldest = Instant.MAX;
    private @Nullable FileSpace space;
    private final Map<SweepKind, Part> suspects = new EnumMap<>(SweepKind.class);
    private final Map<SweepKind, Part> quarantined = new EnumMap<>(SweepKind.class);

    private record Part(double files, double bytes) {
        private static final Part UNKNOWN = new Part(Double.NaN, Double.NaN);
    }

    /** @param lowSpace the share of its space below which a store has too little left */
    SweepFigures(String task, double lowSpace) {
        this.task = task;
        this.lowSpace = lowSpace;
    }

    void register(MeterRegistry registry) {
        gauge(registry, "listed", "", "files", "Files that the last run listed", it -> it.files);
        gauge(registry, "listed.size", "", "bytes", "What they take, estimated by samples", it -> it.bytes);
        gauge(
                registry,
                "broken",
                "",
                "references",
                "References of the last run whose file is missing",
                it -> it.broken);
        gauge(
                registry,
                "oldest.suspect",
                "",
                "seconds",
                "How long the oldest file that nothing needs had not changed in the last run",
                it -> it.oldestSeconds);
        gauge(
                registry,
                "space.usable",
                "",
                "bytes",
                "What the store can still take",
                it -> it.space(FileSpace::usable));
        gauge(registry, "space.total", "", "bytes", "The space of the store in all", it -> it.space(FileSpace::total));
        for (SweepKind kind : SweepKind.values()) {
            String label = kind.label();
            gauge(
                    registry,
                    "suspects",
                    label,
                    "files",
                    "Files to be set aside",
                    it -> part(it.suspects, kind).files());
            gauge(
                    registry,
                    "suspects.size",
                    label,
                    "bytes",
                    "What they take",
                    it -> part(it.suspects, kind).bytes());
            gauge(
                    registry,
                    "quarantined",
                    label,
                    "files",
                    "Files in quarantine",
                    it -> part(it.quarantined, kind).files());
            gauge(
                    registry,
                    "quarantined.size",
                    label,
                    "bytes",
                    "What they take",
                    it -> part(it.quarantined, kind).bytes());
        }
    }

    private void gauge(
            MeterRegistry registry,
            String name,
            String kind,
            String unit,
            String what,
            ToDoubleFunction<SweepFigures> value) {
        Gauge.Builder<SweepFigures> gauge = Gauge.builder(PREFIX + name, this, it -> it.read(value))
                .description(what)
                .baseUnit(unit)
                .tag("task", task);
        (kind.isEmpty() ? gauge : gauge.tag("kind", kind)).register(registry);
    }

    private synchronized double read(ToDoubleFunction<SweepFigures> value) {
        return value.applyAsDouble(this);
    }

    private static Part part(Map<SweepKind, Part> parts, SweepKind kind) {
        return parts.getOrDefault(kind, Part.UNKNOWN);
    }

    private double space(ToDoubleFunction<FileSpace> value) {
        return space == null ? Double.NaN : value.applyAsDouble(space);
    }

    /** That little space is left, if it is. */
    synchronized Optional<String> lowSpace() {
        return space == null || space.usable() >= lowSpace * space.total()
                ? Optional.empty()
                : Optional.of("little space: " + space.usable() + " of " + space.total()
                        + " bytes of the file store can" + " still be used; make room, or give the store more");
    }

    /** Takes over what a batch of a run did, which began at that cursor. */
    void after(SweepBatch batch, SweepCursor cursor, boolean finished) {
        if (cursor.phase() == Phase.CHECK || finished) {
            Optional<FileSpace> now = askSpace(batch);
            synchronized (this) {
                space = now.orElse(null);
            }
        }
        Map<SweepKind, Part> lies = finished ? quarantined(batch) : Map.of();
        Counts counts = batch.counts();
        synchronized (this) {
            if (cursor.phase() == Phase.CHECK) {
                broken = 0;
                oldest = Instant.MAX;
            }
            broken += counts.get("broken");
            oldest = batch.oldestSuspect().isBefore(oldest) ? batch.oldestSuspect() : oldest;
            if (cursor.phase() == Phase.GUARD) {
                files = cursor.tallies().stream().mapToDouble(Tally::files).sum();
                bytes = cursor.tallies().stream().mapToDouble(Tally::allBytes).sum();
                oldestSeconds = oldest.equals(Instant.MAX)
                        ? 0
                        : Duration.between(oldest, batch.now()).toSeconds();
                for (SweepKind kind : SweepKind.values()) {
                    suspects.put(
                            kind,
                            new Part(
                                    counts.get("suspects." + kind.label()),
                                    counts.get("suspectBytes." + kind.label())));
                }
            }
            quarantined.putAll(lies);
        }
    }

    private static Optional<FileSpace> askSpace(SweepBatch batch) {
        try {
            return batch.store().space();
        } catch (IOException e) {
            LOG.warn("The space of file store {} is not known", batch.store(), e);
            return Optional.empty();
        }
    }

    private static Map<SweepKind, Part> quarantined(SweepBatch batch) {
        Map<SweepKind, Part> parts = new EnumMap<>(SweepKind.class);
        for (SweepKind kind : SweepKind.values()) {
            parts.put(kind, new Part(0, 0));
        }
        List<Sum> sums;
        try {
            sums = batch.ledger().sums(batch.sweep(), Progress.QUARANTINED, Optional.empty());
        } catch (MaintenanceException e) { // a run whose work is done does not fail for a figure
            LOG.warn("What lies in quarantine is not known", e);
            return Map.of();
        }
        for (Sum sum : sums) {
            for (SweepKind kind : SweepKind.values()) {
                if (kind.label().equals(sum.kind())) {
                    parts.computeIfPresent(
                            kind, (key, part) -> new Part(part.files() + sum.files(), part.bytes() + sum.bytes()));
                }
            }
        }
        return parts;
    }
}
