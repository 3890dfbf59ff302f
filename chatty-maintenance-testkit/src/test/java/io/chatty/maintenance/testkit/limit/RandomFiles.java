package io.chatty.maintenance.testkit.limit;

import io.chatty.maintenance.file.EvictableFile;
import io.chatty.maintenance.file.EvictionOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Rows of all kinds, and which of them are to be left. */
final class RandomFiles {

    private static final int FILES = 120;

    private RandomFiles() {}

    static void fill(FakeUsage usage, Instant begin, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < FILES; i++) {
            String name = "f" + i;
            Instant made = begin.plusSeconds(random.nextInt(60) * 3600L);
            usage.add(name, 1 + random.nextInt(60), made, "r" + random.nextInt(9), "u" + random.nextInt(7));
            if (random.nextInt(2) == 0) {
                usage.lastUsed.put(name, made.plusSeconds(random.nextInt(1_000_000)));
            }
            if (random.nextInt(10) == 0) {
                List.of(usage.held, usage.pinned, usage.referenced)
                        .get(random.nextInt(3))
                        .add(name);
            }
        }
    }

    /** The names of those that stay: the worst is taken away, one at a time, until there is no more than that. */
    static Set<String> left(FakeUsage usage, List<EvictableFile> all, EvictionOrder order, long bytes) {
        List<EvictableFile> left = new ArrayList<>(all);
        long sum = 0;
        for (EvictableFile file : all) {
            sum += file.bytes();
        }
        while (sum > bytes) {
            EvictableFile worst = null;
            for (EvictableFile file : left) {
                boolean stays = usage.held.contains(file.name())
                        || usage.pinned.contains(file.name())
                        || usage.referenced.contains(file.name());
                if (!stays && (worst == null || isWorse(usage, order, file, worst))) {
                    worst = file;
                }
            }
            if (worst == null) {
                break;
            }
            left.remove(worst);
            sum -= worst.bytes();
        }
        Set<String> names = new TreeSet<>();
        left.forEach(file -> names.add(file.name()));
        return names;
    }

    private static boolean isWorse(FakeUsage usage, EvictionOrder order, EvictableFile file, EvictableFile than) {
        if (order == EvictionOrder.LARGEST && file.bytes() != than.bytes()) {
            return file.bytes() > than.bytes();
        }
        if (order == EvictionOrder.LEAST_RECENTLY_USED) {
            Instant used = usage.lastUsed.getOrDefault(file.name(), file.createdAt());
            Instant thanUsed = usage.lastUsed.getOrDefault(than.name(), than.createdAt());
            if (!used.equals(thanUsed)) {
                return used.isBefore(thanUsed);
            }
        }
        if (!file.createdAt().equals(than.createdAt())) {
            return file.createdAt().isBefore(than.createdAt());
        }
        return file.name().compareTo(than.name()) < 0;
    }
}
