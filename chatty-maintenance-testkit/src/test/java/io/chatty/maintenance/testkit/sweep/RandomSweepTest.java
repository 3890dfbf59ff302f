package io.chatty.maintenance.testkit.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.task.Counts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weeks of random writing, referring, releasing, retaining and restoring, with a preview and a run in between, over and over. */
final class RandomSweepTest {

    private static final Duration GRACE = Duration.ofDays(3);
    private static final Duration DAY = Duration.ofDays(1);
    private static final int ROUNDS = 60;

    private final Swept swept = new Swept();
    private final Map<String, Instant> retained = new HashMap<>();

    private FileSweep sweep() {
        return swept.sweep()
                .orphans("uploads/covers/")
                .derived("thumbs/", name -> List.of("uploads/" + name.substring("thumbs/".length())))
                .temporary("uploads/", "*.part", DAY)
                .partialUploads("incoming/", DAY)
                .expired("exports/", DAY.multipliedBy(2))
                .grace(GRACE)
                .build();
    }

    private static String name(Random random) {
        String letter = String.valueOf((char) ((random.nextInt(9) == 0 ? 'A' : 'a') + random.nextInt(8)));
        return switch (random.nextInt(7)) {
            case 0 -> "uploads/covers/" + letter;
            case 1 -> "uploads/" + letter + ".part";
            case 2 -> "incoming/" + letter + "/" + random.nextInt(3);
            case 3 -> "exports/" + letter;
            case 4 -> "thumbs/" + letter;
            default -> "uploads/" + letter;
        };
    }

    private void change(Random random, FileSweep sweep) throws Exception {
        String name = name(random);
        switch (random.nextInt(9)) {
            case 0, 1, 2 -> {
                if (swept.store.look(name).isEmpty()) {
                    swept.write(name, "x".repeat(1 + random.nextInt(9)));
                }
            }
            case 3 -> swept.references.add(name);
            case 4 -> swept.references.remove(name);
            case 5 -> swept.references.release(name);
            case 6 -> {
                if (random.nextInt(4) == 0 && sweep.retain(name) == FileSweep.Retained.RESTORED) {
                    retained.put(name, swept.clock.instant());
                }
            }
            case 7 -> swept.pass(Duration.ofHours(random.nextInt(20)));
            default -> swept.pass(Duration.ofMinutes(random.nextInt(200)));
        }
    }

    /**
     * What a run has to take: files of {@code uploads/} themselves, to which nothing refers in whatever letters, and of whose name
     * none lies in quarantine already.
     */
    private Set<String> orphans() throws Exception {
        Set<String> referenced = new HashSet<>();
        for (String name : swept.references.find(allNames())) {
            referenced.add(name.toLowerCase(Locale.ROOT));
        }
        boolean known = swept.references.find(allNames()).stream().anyMatch(Set.copyOf(plainUploads())::contains);
        Set<String> orphans = new TreeSet<>();
        Set<String> names = new TreeSet<>(swept.names());
        swept.quarantined().forEach(names::remove);
        for (String name : names) {
            FileState state = swept.store.look(name).orElseThrow();
            boolean old = !state.changedAt().isAfter(swept.clock.instant().minus(GRACE));
            boolean kept = retained.containsKey(name)
                    && retained.get(name).plus(Duration.ofDays(30)).isAfter(swept.clock.instant());
            if (known
                    && old
                    && !kept
                    && plainUploads().contains(name)
                    && !referenced.contains(name.toLowerCase(Locale.ROOT))) {
                orphans.add(name);
            }
        }
        return orphans;
    }

    private static List<String> plainUploads() {
        List<String> names = new ArrayList<>();
        for (char c = 'a'; c < 'a' + 8; c++) {
            names.add("uploads/" + c);
            names.add("uploads/" + Character.toUpperCase(c));
        }
        return names;
    }

    private static List<String> allNames() {
        List<String> names = plainUploads();
        for (String plain : List.copyOf(names)) {
            String letter = plain.substring("uploads/".length());
            names.addAll(List.of("uploads/covers/" + letter, plain + ".part", "exports/" + letter, "thumbs/" + letter));
            for (int i = 0; i < 3; i++) {
                names.add("incoming/" + letter + "/" + i);
            }
        }
        return names;
    }

    /** Counts of a preview as the run has them; what only one of the two looks at is left out. */
    private static Map<String, Long> comparable(Counts counts) {
        Map<String, Long> comparable = new TreeMap<>();
        counts.asMap().forEach((name, count) -> {
            boolean onlyOne = name.equals("pruned") || name.equals("settled");
            if (!onlyOne && count != 0) {
                comparable.merge(name.replaceFirst("^due\\.", ""), count, Long::sum);
            }
        });
        return comparable;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void a_preview_says_what_the_run_does_and_nothing_referenced_is_ever_gone(long seed) throws Exception {
        Random random = new Random(seed);
        FileSweep sweep = sweep();
        long quarantined = 0;
        long deleted = 0;
        long restored = 0;
        int compared = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String label = "seed " + seed + " round " + round;
            for (int i = random.nextInt(30); i >= 0; i--) {
                change(random, sweep);
            }
            Set<String> there = new TreeSet<>(swept.names());
            there.addAll(swept.quarantined());
            Set<String> referenced = new TreeSet<>(swept.references.find(allNames()));
            referenced.retainAll(there);
            Set<String> orphans = orphans();
            List<String> before = swept.names();
            Counts preview = swept.preview(sweep, 1 + random.nextInt(20));
            assertThat(swept.names()).as(label).isEqualTo(before);
            Counts run = swept.run(sweep, 1 + random.nextInt(20));
            if (run.get("restored.unfinished")
                    == 0) { // an older file comes back before all else, where a newer had its name
                assertThat(comparable(run)).as(label).isEqualTo(comparable(preview));
                compared++;
            }
            Set<String> left = new TreeSet<>(swept.names());
            assertThat(left).as(label).containsAll(referenced);
            left.retainAll(orphans);
            assertThat(left).as(label).isEmpty();
            quarantined += run.sum("quarantined");
            deleted += run.sum("deleted");
            restored += run.sum("restored");
        }
        assertThat(List.of(quarantined, deleted, restored)).allMatch(count -> count > 0);
        assertThat(compared).isGreaterThan(ROUNDS / 2);
    }
}
