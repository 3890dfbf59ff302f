package io.chatty.maintenance.examples.chat.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IrcLineTest {

    private static IrcLine line(String time, String nick, String text) {
        return new IrcLine(LocalTime.parse(time), nick, text);
    }

    @Test
    void a_message_has_its_nick_in_angle_brackets() {
        assertThat(IrcLine.parse("[10:13] <ann> hello")).contains(line("10:13", "ann", "hello"));
        assertThat(IrcLine.parse("[00:00] <ann lee > hello")).contains(line("00:00", "ann lee ", "hello"));
        assertThat(IrcLine.parse("[23:59] <a> b> c")).contains(line("23:59", "a", "b> c"));
    }

    @Test
    void an_action_has_two_spaces_before_its_star() {
        assertThat(IrcLine.parse("[10:15]  * bob2 shrugs")).contains(line("10:15", "bob2", "shrugs"));
        assertThat(IrcLine.parse("[10:15]  * |x|  y")).contains(line("10:15", "|x|", " y"));
        assertThat(IrcLine.parse("[10:15] * bob2 shrugs")).isEmpty();
        assertThat(IrcLine.parse("[10:15]   * bob2 shrugs")).isEmpty();
    }

    @Test
    void one_space_is_dropped_and_the_text_is_otherwise_untouched() {
        assertThat(IrcLine.parse("[10:13] <ann>   a  b \t ")).contains(line("10:13", "ann", "  a  b \t "));
        assertThat(IrcLine.parse("[10:13] <ann>x")).contains(line("10:13", "ann", "x"));
        assertThat(IrcLine.parse("[10:13] <ann> a\rb\u2028c")).contains(line("10:13", "ann", "a\rb\u2028c"));
    }

    @Test
    void a_text_may_be_empty() {
        assertThat(IrcLine.parse("[10:13] <ann> ")).contains(line("10:13", "ann", ""));
        assertThat(IrcLine.parse("[10:13] <ann>")).contains(line("10:13", "ann", ""));
        assertThat(IrcLine.parse("[10:13]  * ann ")).contains(line("10:13", "ann", ""));
        assertThat(IrcLine.parse("[10:13]  * ann")).contains(line("10:13", "ann", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[24:00] <ann> x",
                "[23:60] <ann> x",
                "[25:99]  * ann x",
                "[1:13] <ann> x",
                "[10:13]<ann> x",
                "[10:13]  <ann> x",
                " [10:13] <ann> x",
                "[10:13] <> x",
                "[10:13]  * ",
                "[10:13]  *  ann x",
                "[10:13]  *ann x",
                "[10:13] <ann x",
                "[10:13] -ann:#ubuntu- x",
                "[\u0661\u0660:13] <ann> x",
                "hello",
                " ",
            })
    void what_is_no_message_is_bad(String line) {
        assertThat(IrcLine.parse(line)).isEmpty();
        assertThat(IrcLine.isNoMessage(line)).isFalse();
    }

    @Test
    void empty_lines_and_notices_are_not_bad() {
        assertThat(IrcLine.isNoMessage("")).isTrue();
        assertThat(IrcLine.isNoMessage("=== ann has left")).isTrue();
        assertThat(IrcLine.isNoMessage("====")).isTrue();
        assertThat(IrcLine.isNoMessage(" === ann has left")).isFalse();
    }

    @Test
    void only_a_nick_without_spaces_can_be_addressed() {
        assertThat(line("10:13", "ann", "").isAddressable()).isTrue();
        assertThat(line("10:13", "ann lee", "").isAddressable()).isFalse();
    }
}
