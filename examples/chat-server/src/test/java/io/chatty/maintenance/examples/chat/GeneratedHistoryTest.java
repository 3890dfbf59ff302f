package io.chatty.maintenance.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.examples.chat.files.ChatFiles;
import io.chatty.maintenance.examples.chat.history.GeneratedHistory;
import io.chatty.maintenance.examples.chat.maintenance.CleanupRules;
import io.chatty.maintenance.examples.chat.storage.ChatStorage;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedHistoryTest {

    private static final int MESSAGES = 10_000;
    private static final CleanupRules RULES = new CleanupRules(Duration.ofDays(365), Duration.ofDays(7), true);

    @SuppressWarnings("NullAway.Init")
    private static Outcome preview;

    @SuppressWarnings("NullAway.Init")
    private static Outcome cleanup;

    @BeforeAll
    static void run_both(@TempDir Path temp) throws Exception {
        preview = demo(temp, true);
        cleanup = demo(temp, false);
    }

    private record Outcome(Map<String, Long> numbers, String text, long old, long oldKept) {
        long get(String name) {
            return Objects.requireNonNull(numbers.get(name), name);
        }
    }

    private static Outcome demo(Path temp, boolean previewOnly) throws Exception {
        Path report = temp.resolve("report.json");
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (ChatStorage storage = ChatStorage.embedded();
                ChatFiles files = ChatFiles.temporary()) {
            Demo.Settings settings = new Demo.Settings(RULES, Optional.empty(), 20, previewOnly, Optional.of(report));
            boolean good = new Demo(storage, files, new GeneratedHistory(MESSAGES), settings, Ran.printer(text)).run();
            assertThat(good).isTrue();
            String old =
                    "SELECT COUNT(*) FROM messages WHERE sent_at < TIMESTAMP WITH TIME ZONE '2024-06-01 00:00:00Z'";
            return new Outcome(
                    Ran.wholeNumbers(report),
                    text.toString(java.nio.charset.StandardCharsets.UTF_8),
                    count(storage, old),
                    count(storage, old + " AND (pinned OR room_id = '#legal')"));
        }
    }

    private static long count(ChatStorage storage, String sql) throws Exception {
        try (Connection connection = storage.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Test
    void what_a_preview_promises_goes_and_all_sums_add_up() {
        Outcome report = cleanup;
        for (String reason : new String[] {"softDeleted", "expired", "orphaned"}) {
            assertThat(report.get("preview." + reason)).as(reason).isPositive();
            assertThat(report.get("deleted." + reason)).as(reason).isEqualTo(report.get("preview." + reason));
        }
        assertThat(report.get("imported.messages")).isEqualTo(MESSAGES);
        assertThat(report.get("deleted.softDeleted")
                        + report.get("deleted.expired")
                        + report.get("deleted.orphaned")
                        + report.get("left.messages"))
                .isEqualTo(MESSAGES);
        for (String table : new String[] {"attachments", "mentions", "reactions"}) {
            assertThat(report.get("deleted.orphans." + table)).as(table).isEqualTo(MESSAGES / 1_000);
            assertThat(report.get("deleted." + table) + report.get("left." + table))
                    .as(table)
                    .isEqualTo(report.get("imported." + table));
        }
    }

    @Test
    void each_expired_message_is_counted_under_one_policy() {
        Outcome report = preview;
        long sum = 0;
        for (Map.Entry<String, Long> number : report.numbers().entrySet()) {
            if (number.getKey().startsWith("preview.expiredByPolicy.")) {
                sum += number.getValue();
            }
        }
        assertThat(sum).isEqualTo(report.get("preview.expired"));
        assertThat(report.get("preview.expiredByPolicy.room #random: keep for 90 days"))
                .isPositive();
        assertThat(report.get("preview.expiredByPolicy.rooms #support-*: keep for 180 days"))
                .isPositive();
        assertThat(report.get("preview.expiredByPolicy.room #legal: keep forever"))
                .isZero();
    }

    @Test
    void a_preview_deletes_nothing() {
        Outcome report = preview;
        assertThat(report.get("left.messages")).isEqualTo(MESSAGES);
        assertThat(report.get("left.reactions")).isEqualTo(report.get("imported.reactions"));
        assertThat(report.text()).contains("Nothing was deleted");
    }

    @Test
    void of_old_messages_only_those_stay_that_are_pinned_or_kept_for_ever() {
        Outcome report = cleanup;
        assertThat(report.oldKept()).isPositive();
        assertThat(report.old()).isEqualTo(report.oldKept());
    }

    @Test
    void the_history_is_the_same_each_time(@TempDir Path temp) throws Exception {
        assertThat(demo(temp, true).numbers()).isEqualTo(preview.numbers());
    }

    @Test
    void files_go_with_their_messages_and_each_is_counted_once() {
        long attachments = cleanup.get("imported.attachments");
        long lost = attachments / 400;
        long orphans = attachments / 20;
        long temporary = attachments / 50;
        assertThat(cleanup.get("files.scanned"))
                .isEqualTo(attachments - lost + orphans + temporary + cleanup.get("files.thumbnails"));
        assertThat(preview.get("files.brokenReferences")).isEqualTo(lost);
        assertThat(preview.get("files.left")).isEqualTo(cleanup.get("files.scanned"));
        assertThat(cleanup.get("files.brokenReferences")).isPositive().isLessThan(lost);
        assertThat(cleanup.get("files.quarantined"))
                .isEqualTo(cleanup.get("files.orphans")
                        + cleanup.get("files.temporary")
                        + cleanup.get("files.thumbnailsWithoutOriginal"));
        assertThat(cleanup.get("files.left"))
                .isEqualTo(cleanup.get("files.scanned") - cleanup.get("files.quarantined"));
        // Of what is left each has its row, or is the picture of one that has.
        assertThat(cleanup.get("files.left"))
                .isEqualTo(cleanup.get("left.attachments")
                        - cleanup.get("files.brokenReferences")
                        + cleanup.get("files.thumbnails")
                        - cleanup.get("files.thumbnailsWithoutOriginal"));
    }

    @Test
    void the_terminal_is_told_in_plain_letters() {
        assertThat(cleanup.text())
                .contains("Preview as of 2025-12-")
                .contains("room #random: keep for 90 days")
                .contains("Cleaning 100%")
                .contains("Cleanup SUCCEEDED")
                .matches("\\p{ASCII}*");
    }
}
