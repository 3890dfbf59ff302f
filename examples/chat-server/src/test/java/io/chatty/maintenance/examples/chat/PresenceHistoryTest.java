package io.chatty.maintenance.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.examples.chat.history.IrcLogs;
import io.chatty.maintenance.examples.chat.presence.PresenceReplay;
import io.chatty.maintenance.examples.chat.report.PresenceReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Presence by small logs: by hand, and against {@link PlainPresence}. */
class PresenceHistoryTest {

    @TempDir
    Path temp;

    Path logs;

    @BeforeEach
    void folder() throws Exception {
        logs = Files.createDirectory(temp.resolve("tea-irc"));
    }

    private void log(String name, String... lines) throws IOException {
        Files.writeString(logs.resolve(name + ".raw.txt"), String.join("\n", lines) + "\n");
    }

    private Map<String, Long> reported() throws IOException {
        Path report = temp.resolve("report.json");
        Ran ran = Ran.command("--preview", "--history", logs.toString(), "--report", report.toString());
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        Map<String, Long> numbers = Ran.wholeNumbers(report);
        numbers.keySet().removeIf(key -> !key.startsWith("presence."));
        return numbers;
    }

    private void isReported(long joins, long onlineAtEnd, long events) throws IOException {
        Map<String, Long> expected =
                Map.of("presence.joins", joins, "presence.onlineAtEnd", onlineAtEnd, "presence.events", events);
        assertThat(new PlainPresence(logs).expected()).isEqualTo(expected);
        assertThat(reported()).isEqualTo(expected);
    }

    @Test
    void a_nick_is_online_from_its_first_line_until_half_an_hour_after_its_last() throws Exception {
        log(
                "2015-01-01",
                "[10:00] <ann> I am here",
                "=== bob [bob@tea.example]  has joined #tea",
                "[12:00] <ann> and was all the time", // bob has gone at 10:30
                "[12:10] <eve> hello",
                "[12:31] <eve> ann went a minute ago");
        isReported(1, 1, 5);
    }

    @Test
    void who_comes_back_after_exactly_half_an_hour_was_not_away_but_a_minute_later_was() throws Exception {
        log("2015-01-01", "[10:00] <ann> x", "[10:00] <bob> x");
        log("2015-01-01-b", "[10:30] <ann> x", "[10:31] <bob> x");
        isReported(0, 2, 4);
    }

    @Test
    void a_nick_change_moves_the_session_and_a_join_without_a_message_counts() throws Exception {
        log(
                "2015-01-01",
                "=== ann [x@tea.example]  has joined #tea",
                "[10:00] <bob> hi",
                "=== ann is now known as ann_away",
                "[10:20] <bob> ann?",
                "=== ann_away is now known as ann",
                "[10:21] <bob> there");
        // ann came and changed in one minute, which nobody saw of her: seen are ann_away's coming and going, ann's,
        // bob's.
        isReported(1, 2, 4);
    }

    @Test
    void a_nick_change_of_one_who_was_not_there_tells_nothing() throws Exception {
        log("2015-01-01", "[10:00] <bob> hi", "=== eve is now known as eve_", "[10:01] <bob> who?");
        isReported(0, 1, 1);
    }

    @Test
    void a_nick_that_changes_before_its_half_hour_is_over_is_there_until_then() throws Exception {
        log(
                "2015-01-01",
                "[10:00] <ann> hi",
                "[10:01] <bob> hi",
                "[12:00] <bob> silence",
                "=== ann is now known as anna",
                "[12:30] <bob> she stays for half an hour more",
                "[12:31] <bob> and goes");
        isReported(0, 1, 5);
    }

    @Test
    void the_spaces_that_the_logs_put_behind_brackets_are_not_part_of_a_nick() throws Exception {
        log(
                "2015-01-01",
                "[10:00] <a[b] c> hi",
                "=== a[b] c is now known as [c] ",
                "=== [d]  [n=[d] @tea.example]  has joined #tea",
                "=== e] [f [n=e@tea.example]  has joined #tea",
                "[10:01] <[c] > I am the same",
                "[10:02] <[d]> I, too",
                "[10:02] <e] [f> and I");
        isReported(2, 3, 3);
    }

    @Test
    void the_clock_may_pass_midnight_and_logs_may_overlap() throws Exception {
        log("2015-01-01", "[23:50] <ann> x", "[00:10] <bob> x", "[00:50] <ann> x", "[02:00] <ann> x");
        log("2015-01-02", "[00:05] <bob> x", "[00:30] <bob> x", "[00:35] <eve> x");
        log("2015-01-03", "=== zoe [z@tea.example] has joined #tea");
        isReported(1, 1, 7);
    }

    @Test
    void other_notices_bad_lines_and_logs_without_a_date_tell_nothing() throws Exception {
        log(
                "2015-01-01",
                "=== ann [x@tea.example]  has left #tea [\"bob [y] has joined it\"]",
                "=== mode/#tea [+o ann]  by bob",
                "[10:05] -ann- a notice",
                "[10:10] <bob> hi");
        log("undated", "=== ann [x@tea.example]  has joined #tea", "[10:00] <ann> x");
        assertThat(reported())
                .isEqualTo(Map.of("presence.joins", 0L, "presence.onlineAtEnd", 1L, "presence.events", 1L));
    }

    @Test
    void a_nick_that_is_too_long_for_presence_is_left_out() throws Exception {
        log("2015-01-01", "[10:00] <ann> x", "=== ann is now known as " + "x".repeat(201), "[10:40] < > x");
        assertThat(reported())
                .isEqualTo(Map.of("presence.joins", 0L, "presence.onlineAtEnd", 1L, "presence.events", 1L));
    }

    @Test
    void made_up_logs_tell_what_a_plain_count_tells() throws Exception {
        for (int seed = 1; seed <= 40; seed++) {
            Random random = new Random(seed);
            for (String day : new String[] {"2015-03-01", "2015-03-01-b", "2015-03-02", "2015-03-09"}) {
                log(day, madeUp(random));
            }
            PlainPresence plain = new PlainPresence(logs);
            assertThat(PresenceReplay.play(IrcLogs.in(logs).logs()))
                    .as("seed " + seed)
                    .isEqualTo(new PresenceReport(plain.joins, plain.onlineAtEnd, plain.events));
        }
    }

    private static String[] madeUp(Random random) {
        List<String> lines = new ArrayList<>();
        int minute = 60 * random.nextInt(24);
        for (int i = random.nextInt(60); i >= 0; i--) {
            String nick = "n" + random.nextInt(8);
            switch (random.nextInt(6)) {
                case 0 -> lines.add("=== " + nick + " [x@tea.example]  has joined #tea");
                case 1 -> lines.add("=== " + nick + " is now known as n" + random.nextInt(8));
                case 2 -> lines.add("[" + clock(minute) + "]  * " + nick + " waves");
                default -> lines.add("[" + clock(minute) + "] <" + nick + "> hi");
            }
            minute += new int[] {0, 0, 0, 0, 1, 2, 29, 30, 31}[random.nextInt(9)];
        }
        return lines.toArray(String[]::new);
    }

    private static String clock(int minute) {
        return String.format("%02d:%02d", minute / 60 % 24, minute % 60);
    }
}
