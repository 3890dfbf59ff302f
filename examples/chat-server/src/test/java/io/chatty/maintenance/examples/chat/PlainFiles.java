package io.chatty.maintenance.examples.chat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Counts the files of a folder of logs by the rule that the README states, and what becomes of them in two sweeps, by a few lines
 * that share nothing with the example.
 */
final class PlainFiles {

    private static final long DAY = 86_400;
    private static final Pattern PICTURE =
            Pattern.compile("[^?#]*\\.(?:png|jpg|jpeg|gif)(?:[?#].*)?", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

    private final long now;
    private final Map<String, Long> counts = new TreeMap<>();
    final Set<String> leftIn = new TreeSet<>();

    PlainFiles(PlainCount plain) {
        now = plain.asOf.getEpochSecond();
        for (String key : new String[] {
            "scanned",
            "orphans",
            "temporary",
            "thumbnails",
            "thumbnailsWithoutOriginal",
            "brokenReferences",
            "quarantined",
            "deleted",
            "bytesReclaimed",
            "left"
        }) {
            counts.put(key, 0L);
        }
        long number = 0;
        for (PlainCount.Link link : plain.links) {
            number++;
            long bytes = link.url().getBytes(StandardCharsets.UTF_8).length;
            file("uploads/", "orphans", link.sent(), link.purged() ? 3 : -1, bytes);
            if (PICTURE.matcher(link.url()).matches()) {
                add("thumbnails", 1);
                file("thumbnails/", "thumbnailsWithoutOriginal", link.sent(), link.purged() ? 3 : -1, 68);
            }
            if (number % 20 == 0) {
                file("uploads/", "orphans", link.sent(), 3, bytes);
            }
            if (number % 50 == 0) {
                file("uploads/", "temporary", link.sent(), 1, bytes);
            }
        }
    }

    /** A file that goes once it is so many days old; -1: never. */
    private void file(String in, String kind, long sent, long days, long bytes) {
        add("scanned", 1);
        boolean first = days >= 0 && sent <= now - days * DAY;
        boolean second = days >= 0 && sent <= now + (7 - days) * DAY;
        if (first || second) {
            add(kind, 1);
            add("quarantined", 1);
        } else {
            add("left", 1);
            leftIn.add(in);
        }
        if (first) {
            add("deleted", 1);
            add("bytesReclaimed", bytes);
        }
    }

    private void add(String key, long more) {
        counts.merge(key, more, Long::sum);
    }

    long get(String key) {
        return counts.getOrDefault(key, -1L);
    }

    /** As the report has them. */
    Map<String, Long> expected() {
        Map<String, Long> expected = new TreeMap<>();
        counts.forEach((key, count) -> expected.put("files." + key, count));
        return expected;
    }
}
