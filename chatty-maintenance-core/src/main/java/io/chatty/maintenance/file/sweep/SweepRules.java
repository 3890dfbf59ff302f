package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.SweptFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The rules of a sweep. A file falls under the first that covers it; rules for orphans come last, the longest prefix first. */
final class SweepRules {

    private final List<SweepRule> rules;
    private final List<String> tops;

    SweepRules(List<SweepRule> given) {
        List<SweepRule> sorted = new ArrayList<>(given);
        sorted.sort(Comparator.comparing((SweepRule rule) -> rule.kind() == SweepKind.ORPHAN)
                .thenComparing(
                        rule -> rule.kind() == SweepKind.ORPHAN ? -rule.prefix().length() : 0));
        this.rules = List.copyOf(sorted);
        List<String> outermost = new ArrayList<>();
        for (String prefix : new TreeSet<>(given.stream().map(SweepRule::prefix).toList())) {
            if (outermost.stream().noneMatch(prefix::startsWith)) {
                outermost.add(prefix);
            }
        }
        this.tops = List.copyOf(outermost);
    }

    List<SweepRule> all() {
        return rules;
    }

    /** The prefixes of which none lies in another: listed one after the other, each file is met once. */
    List<String> tops() {
        return tops;
    }

    /** The number of the rule that a file falls under; -1 if it falls under none. */
    int of(String name) {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).covers(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Whether a file goes when its last reference does. */
    boolean takesReleased(String name) {
        int rule = of(name);
        return rule >= 0 && rules.get(rule).kind() == SweepKind.ORPHAN;
    }

    boolean covers(String name) {
        return tops.stream().anyMatch(name::startsWith);
    }

    /** The rule under which an entry of the ledger was made; empty if its file falls under another by now, or none. */
    Optional<SweepRule> of(SweptFile file) {
        int number = of(file.name());
        return Optional.ofNullable(number < 0 ? null : rules.get(number))
                .filter(rule -> rule.prefix().equals(file.prefix()))
                .filter(rule -> rule.kind().label().equals(file.kind())
                        || (rule.kind() == SweepKind.ORPHAN && file.kind().equals(SweepKind.RELEASED.label())));
    }
}
