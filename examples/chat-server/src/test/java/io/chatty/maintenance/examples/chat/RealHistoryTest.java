package io.chatty.maintenance.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the demo's report about real logs against a count by {@link PlainCount}. */
class RealHistoryTest {

    /** Beside the repository, of which this module is two folders deep. */
    private static final Path LOGS = Path.of("../../../shared/data/ubuntu-irc");

    /** The default of the settings. */
    private static final long LARGEST_BATCH = 10_000;

    @TempDir
    Path temp;

    @BeforeAll
    static void the_logs_are_there() {
        assumeTrue(
                Files.isDirectory(LOGS),
                () -> "Not tested: the real chat history is not in "
                        + LOGS.toAbsolutePath().normalize());
    }

    @Test
    void every_number_of_the_report_is_explained_by_the_logs() throws Exception {
        PlainCount plain = new PlainCount(LOGS, 20, Duration.ofDays(7), Duration.ofDays(365), Optional.empty());
        assertThat(plain.expired).isPositive();
        assertThat(plain.softDeleted).isPositive();
        check(plain, "365");
    }

    @Test
    void other_settings_give_other_numbers_that_are_explained_as_well() throws Exception {
        Instant asOf = Instant.parse("2012-06-01T12:34:00Z");
        PlainCount plain = new PlainCount(LOGS, 7, Duration.ofHours(1), Duration.ofDays(1500), Optional.of(asOf));
        check(plain, "1,500", "--soft-delete-every=7", "--grace=PT1H", "--keep=P1500D", "--as-of=2012-06-01T12:34:00Z");
    }

    private void check(PlainCount plain, String keep, String... more) throws Exception {
        Path report = temp.resolve("report.json");
        String[] arguments = new String[more.length + 4];
        System.arraycopy(
                new String[] {"--history", LOGS.toString(), "--report", report.toString()}, 0, arguments, 0, 4);
        System.arraycopy(more, 0, arguments, 4, more.length);
        Ran ran = Ran.command(arguments);
        assertThat(ran.exitCode()).as(ran.err()).isZero();

        Map<String, Long> expected = new TreeMap<>(expected(plain, keep));
        deleted(plain, expected);
        PlainFiles files = new PlainFiles(plain);
        expected.putAll(files.expected());
        PlainPresence presence = new PlainPresence(LOGS);
        assertThat(presence.onlineAtEnd).isPositive();
        expected.putAll(presence.expected());
        for (String some : new String[] {"temporary", "thumbnailsWithoutOriginal", "deleted", "left"}) {
            assertThat(files.get(some)).as(some).isPositive();
        }
        Map<String, Long> reported = Ran.wholeNumbers(report);
        // The engine fits the size of a batch to its time; each of the two steps ends with one that is not full.
        assertThat(reported.remove("batches"))
                .isBetween((plain.softDeleted + plain.expired) / LARGEST_BATCH + 2, plain.softDeleted + plain.expired);
        // Before the first delete it counts until that is more than may go unasked.
        assertThat(Stream.of("run.counts.due.softDeleted", "run.counts.due.expired")
                        .map(reported::remove)
                        .mapToLong(Objects::requireNonNull)
                        .sum())
                .isBetween(plain.messages * 3 / 10 + 1, plain.softDeleted + plain.expired);
        assertThat(reported).isEqualTo(expected);
        String json = Files.readString(report);
        assertThat(json)
                .contains("\"outcome\" : \"SUCCEEDED\"")
                .contains("\"asOf\" : \"" + plain.asOf + "\"")
                .contains("IRC logs of #ubuntu");
    }

    private static Map<String, Long> expected(PlainCount plain, String keep) {
        Map<String, Long> expected = new TreeMap<>();
        expected.put("imported.files", plain.files);
        expected.put("imported.badFiles", 0L);
        expected.put("imported.badLines", plain.badLines);
        expected.put("imported.rooms", 1L);
        expected.put("imported.users", (long) plain.nicks.size());
        expected.put("imported.messages", plain.messages);
        expected.put("imported.softDeleted", plain.softDeletes);
        expected.put("imported.attachments", plain.attachments);
        expected.put("imported.mentions", plain.mentions);
        expected.put("imported.reactions", 0L);
        // Deleting nothing on its way, a preview meets the soft-deleted that are old as well a second time.
        expected.put("preview.examined", plain.softDeleted + plain.olderThanKept);
        expected.put("preview.softDeleted", plain.softDeleted);
        expected.put("preview.expired", plain.expired);
        expected.put("preview.expiredByPolicy.global: keep for " + keep + " days", plain.expired);
        expected.put("preview.orphaned", 0L);
        for (String table : new String[] {"attachments", "mentions", "reactions"}) {
            expected.put("preview.orphans." + table, 0L);
            expected.put("deleted.orphans." + table, 0L);
        }
        expected.put("deleted.reactions", 0L);
        expected.put("deleted.children.reactions", 0L);
        expected.put("deleted.orphaned", 0L);
        expected.put("left.reactions", 0L);
        return expected;
    }

    private static void deleted(PlainCount plain, Map<String, Long> expected) {
        expected.put("deleted.softDeleted", plain.softDeleted);
        expected.put("deleted.expired", plain.expired);
        expected.put("deleted.attachments", plain.deletedAttachments);
        expected.put("deleted.mentions", plain.deletedMentions);
        expected.put("deleted.children.attachments", plain.deletedAttachments);
        expected.put("deleted.children.mentions", plain.deletedMentions);
        expected.put("left.messages", plain.messages - plain.softDeleted - plain.expired);
        expected.put("left.attachments", plain.attachments - plain.deletedAttachments);
        expected.put("left.mentions", plain.mentions - plain.deletedMentions);
        expected.put("run.counts.examined", plain.softDeleted + plain.expired);
        expected.put("run.counts.deleted.softDeleted", plain.softDeleted);
        expected.put("run.counts.deleted.expired", plain.expired);
        expected.put("run.counts.deleted.children.attachments", plain.deletedAttachments);
        expected.put("run.counts.deleted.children.mentions", plain.deletedMentions);
        expected.put("run.counts.deleted.children.reactions", 0L);
    }
}
