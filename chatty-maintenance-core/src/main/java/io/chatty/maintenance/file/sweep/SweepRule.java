package io.chatty.maintenance.file.sweep;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Which files may go.
 *
 * @param kind why they may
 * @param prefix how their names begin
 * @param pattern what else is asked of their names, as it was written; empty for nothing
 * @param matches the same, to be asked
 * @param age how old they have to be at least
 * @param byFolder whether all files of a directory have to be as old
 * @param originals for derived files: the names that the original may have; none if it is not derived
 */
record SweepRule(
        SweepKind kind,
        String prefix,
        String pattern,
        Predicate<String> matches,
        Duration age,
        boolean byFolder,
        Function<String, List<String>> originals) {

    boolean covers(String name) {
        return name.startsWith(prefix)
                && matches.test(name)
                && (kind != SweepKind.DERIVED || !originals.apply(name).isEmpty());
    }

    /** Whether a file of this rule is only what it is said to be where others of its kind are referred to. */
    boolean needsReferences() {
        return kind == SweepKind.ORPHAN;
    }
}
