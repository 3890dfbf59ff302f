package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.setting.FileSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** What may go, as a sweep is told one by one. Not thread-safe. */
final class GivenRules {

    private static final int MOST = 20;

    private final List<Given> rules = new ArrayList<>();

    private record Given(
            SweepKind kind,
            String prefix,
            String pattern,
            Predicate<String> matches,
            Optional<Duration> age,
            boolean byFolder,
            Function<String, List<String>> originals) {}

    boolean isEmpty() {
        return rules.isEmpty();
    }

    /**
     * All files below a directory.
     *
     * @param age how old they have to be; empty for the grace of the sweep
     */
    void add(SweepKind kind, String prefix, Optional<Duration> age) {
        add(new Given(kind, prefix, "", file -> true, age, false, file -> List.of()));
    }

    void addTemporary(String prefix, String pattern, Duration age) {
        Predicate<String> matches = NamePattern.of(prefix, pattern);
        add(new Given(SweepKind.TEMPORARY, prefix, pattern, matches, Optional.of(age), false, file -> List.of()));
    }

    void addPartial(String prefix, Duration age) {
        add(new Given(SweepKind.TEMPORARY, prefix, "", file -> true, Optional.of(age), true, file -> List.of()));
    }

    void addDerived(String prefix, Function<String, List<String>> originals) {
        add(new Given(SweepKind.DERIVED, prefix, "", file -> true, Optional.empty(), false, originals));
    }

    private void add(Given rule) {
        rule.age().ifPresent(age -> FileSettings.time("age", age));
        String prefix = rule.prefix();
        FileNames.checkPrefix(prefix);
        if (!prefix.isEmpty() && !prefix.endsWith("/")) {
            throw new IllegalArgumentException(
                    "prefix: \"" + prefix + "\" given; it has to end in / or be empty, for \"" + prefix
                            + "\" would be the beginning of other names, too");
        }
        if (rules.size() == MOST) {
            throw new IllegalArgumentException("rules: over " + MOST + " given; use several sweeps");
        }
        if (rule.kind() == SweepKind.ORPHAN
                && rules.stream()
                        .anyMatch(other ->
                                other.kind() == rule.kind() && other.prefix().equals(prefix))) {
            throw new IllegalArgumentException("orphans: \"" + prefix + "\" given twice");
        }
        rules.add(rule);
    }

    /** The rules; files whose rule has no age of its own go by the grace. */
    SweepRules made(Duration grace, boolean shortTimes) {
        List<SweepRule> made = new ArrayList<>();
        for (Given rule : rules) {
            Duration age = rule.age().orElse(grace);
            FileSettings.checkFloor("age of " + rule.kind().label() + " files", age, shortTimes);
            made.add(new SweepRule(
                    rule.kind(),
                    rule.prefix(),
                    rule.pattern(),
                    rule.matches(),
                    age,
                    rule.byFolder(),
                    rule.originals()));
        }
        return new SweepRules(made);
    }
}
