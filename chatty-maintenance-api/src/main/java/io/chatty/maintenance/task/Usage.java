package io.chatty.maintenance.task;

import java.util.Map;
import java.util.Optional;

/**
 * What a run used, in sum over its batches: times by what they went on, in nanoseconds, and resources. Immutable.
 *
 * @param amounts by name: {@code time.} and a part, see the constants here, or {@code wait.} and a reason, both in
 *     nanoseconds; or one of the resources
 */
public record Usage(Counts amounts) {

    /** Time in which rows or files were looked for, in nanoseconds. */
    public static final String SELECT = "time.select";
    /** Time in which policies looked at single objects, in nanoseconds. */
    public static final String REVIEW = "time.review";
    /** Time in which things were deleted, in nanoseconds. */
    public static final String DELETE = "time.delete";
    /** Time in which things were archived, in nanoseconds. */
    public static final String ARCHIVE = "time.archive";
    /** Time in which records were written and transactions committed, in nanoseconds. */
    public static final String COMMIT = "time.commit";
    /** Time in batches that is none of the others, in nanoseconds. */
    public static final String OTHER = "time.other";
    /** CPU time of the threads that the run was on, in nanoseconds. */
    public static final String CPU = "cpuNanos";
    /** What those threads allocated, in bytes. */
    public static final String ALLOCATED = "allocatedBytes";
    /** How long the run held a connection, in nanoseconds. */
    public static final String CONNECTION = "connectionNanos";
    /** How many statements it sent. */
    public static final String STATEMENTS = "statements";
    /** How many rows statements gave or changed. */
    public static final String ROWS = "rows";

    /** Nothing was used. */
    public static final Usage NONE = new Usage(Counts.none());

    /** The sum, name by name. */
    public Usage plus(Usage other) {
        return new Usage(amounts.plus(other.amounts));
    }

    /** The name of what took the most time, {@code time.…} or {@code wait.…}; empty when nothing took any. */
    public Optional<String> bottleneck() {
        return amounts.asMap().entrySet().stream()
                .filter(amount -> isTime(amount.getKey()) && amount.getValue() > 0)
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey);
    }

    /** The share that a time has in all times, {@code time.…} and {@code wait.…}: 0 to 1; 0 for what is no time. */
    public double share(String name) {
        double all = amounts.asMap().entrySet().stream()
                .filter(amount -> isTime(amount.getKey()))
                .mapToDouble(Map.Entry::getValue)
                .sum();
        return isTime(name) && all > 0 ? amounts.get(name) / all : 0;
    }

    private static boolean isTime(String name) {
        return name.startsWith("time.") || name.startsWith("wait.");
    }
}
