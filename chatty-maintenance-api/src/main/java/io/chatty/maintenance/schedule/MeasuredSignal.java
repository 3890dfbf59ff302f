package io.chatty.maintenance.schedule;

import io.chatty.maintenance.schedule.LoadReading.Level;
import io.chatty.maintenance.task.TaskNames;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Objects;

/** A signal made of a measured value and its limits. */
final class MeasuredSignal implements LoadSignal {

    private static final MathContext SIX_DIGITS = new MathContext(6);

    private final String name;
    private final String unit;
    private final LoadLimits limits;
    private final Measurement measurement;
    private volatile Level before = Level.NORMAL;

    MeasuredSignal(String name, String unit, LoadLimits limits, Measurement measurement) {
        this.name = TaskNames.check("signal", name);
        this.unit = Objects.requireNonNull(unit, "unit");
        this.limits = Objects.requireNonNull(limits, "limits");
        this.measurement = Objects.requireNonNull(measurement, "measurement");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public LoadReading read() throws Exception {
        double value = measurement.measure();
        if (Double.isNaN(value)) {
            before = Level.NORMAL;
            return LoadReading.normal(name + ": nothing to measure");
        }
        Level level = limits.level(value, before);
        before = level;
        String measured = unit.isEmpty() ? text(value) : text(value) + " " + unit;
        return new LoadReading(
                level,
                name + " " + measured + " (slow at " + text(limits.slowAt()) + ", stop at " + text(limits.stopAt())
                        + ")");
    }

    private static String text(double value) {
        return Double.isInfinite(value)
                ? "infinite"
                : BigDecimal.valueOf(value)
                        .round(SIX_DIGITS)
                        .stripTrailingZeros()
                        .toPlainString();
    }

    @Override
    public String toString() {
        return "LoadSignal[" + name + ", " + limits + "]";
    }
}
