package io.chatty.maintenance.task;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Counts by name, such as {@code deleted.expired} = 12. Immutable; sorted by name; a count of zero is kept, so that
 * "looked and found none" differs from "did not look".
 *
 * <p>The first part of a name says what was counted: {@code examined}, {@code due} (in previews), {@code deleted},
 * {@code skipped} (the second part then is the reason), {@code bytes}.
 */
public final class Counts {

    private static final Pattern NAME = Pattern.compile("[^\\s=]{1,200}");
    private static final Counts NONE = new Counts(Collections.emptySortedMap());

    private final SortedMap<String, Long> values;

    private Counts(SortedMap<String, Long> values) {
        this.values = values;
    }

    /** No counts at all. */
    public static Counts none() {
        return NONE;
    }

    /**
     * These counts.
     *
     * @throws IllegalArgumentException if a name is empty, over 200 characters, or has white space or {@code =} in it
     */
    public static Counts of(Map<String, Long> values) {
        if (values.isEmpty()) {
            return NONE;
        }
        values.keySet().forEach(Counts::checkName);
        return new Counts(Collections.unmodifiableSortedMap(new TreeMap<>(values)));
    }

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "count name: \"" + name + "\" is not allowed: one to 200 characters, without white space and '='");
        }
    }

    /** These counts and one more; a name that is already there is added to. */
    public Counts plus(String name, long count) {
        checkName(name);
        SortedMap<String, Long> sum = new TreeMap<>(values);
        sum.merge(name, count, Math::addExact);
        return new Counts(Collections.unmodifiableSortedMap(sum));
    }

    /** The sum, name by name. */
    public Counts plus(Counts other) {
        if (other.values.isEmpty()) {
            return this;
        }
        SortedMap<String, Long> sum = new TreeMap<>(values);
        other.values.forEach((name, count) -> sum.merge(name, count, Math::addExact));
        return new Counts(Collections.unmodifiableSortedMap(sum));
    }

    /** The count of that name; 0 if it was not counted. */
    public long get(String name) {
        return values.getOrDefault(name, 0L);
    }

    /** The sum of all counts whose name is the prefix itself or begins with the prefix and a dot. */
    public long sum(String prefix) {
        return values.entrySet().stream()
                .filter(entry -> entry.getKey().equals(prefix) || entry.getKey().startsWith(prefix + "."))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** All counts, sorted by name; cannot be changed. */
    public SortedMap<String, Long> asMap() {
        return values;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Counts counts && values.equals(counts.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** The counts as {@code name=count}, in order of their names, a space between two. */
    @Override
    public String toString() {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
    }
}
