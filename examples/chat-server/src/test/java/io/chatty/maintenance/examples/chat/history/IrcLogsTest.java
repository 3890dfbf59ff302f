package io.chatty.maintenance.examples.chat.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.examples.chat.files.ChatFiles;
import io.chatty.maintenance.examples.chat.storage.ChatStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IrcLogsTest {

    private static final String MESSAGES =
            "SELECT u.name, m.sent_at AT TIME ZONE 'UTC', m.body FROM messages m JOIN users u ON u.id = m.user_id"
                    + " ORDER BY m.id";

    @TempDir
    Path temp;

    Path folder;
    ChatStorage storage;
    ChatFiles files;

    @BeforeEach
    void open() throws Exception {
        folder = Files.createDirectory(temp.resolve("tea-irc"));
        storage = ChatStorage.embedded();
        files = ChatFiles.temporary();
    }

    @AfterEach
    void close() {
        files.close();
        storage.close();
    }

    private void log(String name, String... lines) throws IOException {
        Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    }

    private Imported read(int softDeleteEvery) throws Exception {
        try (HistoryWriter writer = new HistoryWriter(storage, new HistoryFiles(files, 0), softDeleteEvery)) {
            IrcLogs.in(folder).writeTo(writer);
            return writer.finish();
        }
    }

    private List<String> rows(String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = storage.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    values.add(rows.getString(i));
                }
                found.add(String.join("|", values));
            }
        }
        return found;
    }

    @Test
    void files_are_read_in_the_order_of_their_names_and_only_those_directly_in_the_folder() throws Exception {
        log("2015-01-20_04.raw.txt", "[04:00] <ann> second");
        log("2005-02-27.train-c.raw.txt", "[10:13] <ann> first");
        log("2005-02-27.train-c.raw.txt.old", "[10:13] <ann> not a log");
        log("2005-02-27.txt", "[10:13] <ann> not a log");
        Files.createDirectory(folder.resolve("2016-01-01.raw.txt"));
        Files.createDirectory(folder.resolve("more"));
        log("more/2016-01-01.raw.txt", "[10:13] <ann> not in this folder");
        Imported imported = read(0);
        assertThat(rows(MESSAGES))
                .containsExactly("ann|2005-02-27 10:13:00+00|first", "ann|2015-01-20 04:00:00+00|second");
        assertThat(imported.files()).isEqualTo(2);
        assertThat(imported.badFiles()).isZero();
    }

    @Test
    void a_file_without_a_date_in_its_name_is_bad() throws Exception {
        log("notes.raw.txt", "[10:13] <ann> x", "nonsense");
        log("2015-02-30.raw.txt", "[10:13] <ann> x");
        log("x2015-02-28.raw.txt", "[10:13] <ann> x");
        log("2015-2-28.raw.txt", "[10:13] <ann> x");
        log("2015-02-28.raw.txt", "[10:13] <ann> x");
        Imported imported = read(0);
        assertThat(imported.badFiles()).isEqualTo(4);
        assertThat(imported.files()).isEqualTo(1);
        assertThat(imported.messages()).isEqualTo(1);
        assertThat(imported.badLines()).isZero();
    }

    @Test
    void a_lower_time_than_that_of_the_message_before_means_the_next_day() throws Exception {
        log(
                "2015-12-31.raw.txt",
                "[23:58] <ann> a",
                "[23:59]  * ann b",
                "[00:00] <ann> c",
                "[00:00] <ann> d",
                "[12:00] <ann> e",
                "[11:59] <ann> f");
        log("2016-01-01.raw.txt", "[00:01] <ann> g");
        read(0);
        assertThat(rows(MESSAGES))
                .containsExactly(
                        "ann|2015-12-31 23:58:00+00|a",
                        "ann|2015-12-31 23:59:00+00|b",
                        "ann|2016-01-01 00:00:00+00|c",
                        "ann|2016-01-01 00:00:00+00|d",
                        "ann|2016-01-01 12:00:00+00|e",
                        "ann|2016-01-02 11:59:00+00|f",
                        "ann|2016-01-01 00:01:00+00|g");
    }

    @Test
    void lines_that_are_no_message_do_not_move_the_clock() throws Exception {
        log(
                "2015-01-01.raw.txt",
                "[12:00] <ann> a",
                "[25:99] <ann> bad",
                "[00:01] -ann:#tea- bad",
                "=== ann has left",
                "[23:99] <ann> bad",
                "[12:00] <ann> b");
        Imported imported = read(0);
        assertThat(rows(MESSAGES)).containsExactly("ann|2015-01-01 12:00:00+00|a", "ann|2015-01-01 12:00:00+00|b");
        assertThat(imported.badLines()).isEqualTo(3);
    }

    @Test
    void empty_lines_and_notices_are_left_out_and_all_else_that_is_no_message_is_counted() throws Exception {
        log("2015-01-01.raw.txt", "", "=== ann has joined", "===", " ", "what?", " === x", "[12:00] <ann>", "");
        Imported imported = read(0);
        assertThat(imported.badLines()).isEqualTo(3);
        assertThat(imported.messages()).isEqualTo(1);
    }

    @Test
    void an_empty_message_is_a_message() throws Exception {
        log("2015-01-01.raw.txt", "[12:00] <ann> ", "[12:00] <ann>", "[12:00]  * ann");
        assertThat(read(0).messages()).isEqualTo(3);
        assertThat(rows("SELECT body FROM messages")).containsExactly("", "", "");
    }

    @Test
    void line_ends_may_be_those_of_windows_and_the_last_may_be_missing() throws Exception {
        Files.writeString(
                folder.resolve("2015-01-01.raw.txt"), "[12:00] <ann> a\r\n\r\n[12:01] <ann> b\rc\n[12:02] <ann> d");
        assertThat(read(0).badLines()).isZero();
        assertThat(rows("SELECT body FROM messages ORDER BY id")).containsExactly("a", "b\rc", "d");
    }

    @Test
    void bad_bytes_are_replaced() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("[12:00] <ann> caf\u00e9 ".getBytes(StandardCharsets.UTF_8));
        bytes.write(0xE9);
        bytes.write('!');
        Files.write(folder.resolve("2015-01-01.raw.txt"), bytes.toByteArray());
        read(0);
        assertThat(rows("SELECT body FROM messages")).containsExactly("caf\u00e9 \uFFFD!");
    }

    @Test
    void there_is_an_attachment_for_each_url() throws Exception {
        log("2015-01-01.raw.txt", "[12:00] <ann> http://a https://b http://", "[12:01]  * ann likes http://c/http://d");
        assertThat(read(0).attachments()).isEqualTo(3);
        assertThat(rows("SELECT message_id, url FROM attachments ORDER BY id"))
                .containsExactly("1|http://a", "1|https://b", "2|http://c/http://d");
    }

    @Test
    void who_has_spoken_earlier_in_the_file_can_be_mentioned() throws Exception {
        log(
                "2015-01-01.raw.txt",
                "[12:00] <ann> bob: too early",
                "[12:01] <ann> ann: to myself, who has spoken",
                "[12:02]  * bob waves",
                "[12:03] <ann> bob, hi",
                "[12:04] <ann> Bob: not letter for letter",
                "[12:05] <ann> hello bob: not at the start",
                "[12:06] <ann> bob:no white space",
                "[12:07] <ann> bob:");
        log("2015-01-02.raw.txt", "[12:00] <ann> bob: not in this file", "[12:01] <bob> bob: nor I before this");
        assertThat(read(0).mentions()).isEqualTo(3);
        assertThat(rows("SELECT n.message_id, u.name FROM mentions n JOIN users u ON u.id = n.user_id ORDER BY 1"))
                .containsExactly("2|ann", "4|bob", "8|bob");
    }

    @Test
    void a_nick_with_spaces_cannot_be_mentioned() throws Exception {
        log("2015-01-01.raw.txt", "[12:00] <ann lee> x", "[12:01] <bob> ann lee: hi", "[12:02] <bob> lee: hi");
        assertThat(read(0).mentions()).isZero();
        assertThat(rows("SELECT name FROM users ORDER BY id")).containsExactly("ann lee", "bob");
    }

    @Test
    void nicks_that_differ_in_a_letters_case_or_a_space_are_different_users() throws Exception {
        log("2015-01-01.raw.txt", "[12:00] <ann> x", "[12:01] <Ann> x", "[12:02] <ann > x", "[12:03] <ann> x");
        assertThat(read(0).users()).isEqualTo(3);
    }

    @Test
    void every_nth_message_over_all_files_was_soft_deleted_a_day_after_it_was_sent() throws Exception {
        log("2015-01-01.raw.txt", "[12:00] <ann> 1", "nonsense", "[12:01] <ann> 2");
        log("2015-01-02.raw.txt", "[12:00] <ann> 3", "[12:01] <ann> 4", "[12:02] <ann> 5", "[12:03] <ann> 6");
        assertThat(read(3).softDeleted()).isEqualTo(2);
        assertThat(rows("SELECT body, deleted_at AT TIME ZONE 'UTC' FROM messages WHERE deleted_at IS NOT NULL"))
                .containsExactly("3|2015-01-03 12:00:00+00", "6|2015-01-03 12:03:00+00");
    }

    @Test
    void the_room_is_named_for_the_folder_as_it_is_really_called() throws Exception {
        assertThat(IrcLogs.in(folder).room()).isEqualTo("#tea");
        assertThat(IrcLogs.in(folder.resolve("../tea-irc/.")).room()).isEqualTo("#tea");
        Path other = Files.createDirectory(temp.resolve("tea-irc-logs"));
        assertThat(IrcLogs.in(other).room()).isEqualTo("#tea-irc-logs");
        Path link = Files.createSymbolicLink(temp.resolve("coffee-irc"), folder);
        assertThat(IrcLogs.in(link).room()).isEqualTo("#tea");
        log("2015-01-01.raw.txt", "[12:00] <ann> x");
        read(0);
        assertThat(rows("SELECT r.id, m.room_id FROM rooms r JOIN messages m ON TRUE"))
                .containsExactly("#tea|#tea");
    }

    @Test
    void the_newest_message_need_not_be_the_last() throws Exception {
        log("2015-01-01.raw.txt", "[12:00] <ann> a", "[11:00] <ann> the next day");
        log("2015-01-02.raw.txt", "[10:00] <ann> b");
        try (HistoryWriter writer = new HistoryWriter(storage, new HistoryFiles(files, 0), 0)) {
            IrcLogs.in(folder).writeTo(writer);
            assertThat(writer.newest()).contains(Instant.parse("2015-01-02T11:00:00Z"));
        }
    }
}
