package io.chatty.maintenance.examples.chat.history;

import java.time.LocalTime;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A message in a line of an IRC log: {@code [10:13] <nick> text}, or an action, {@code [10:15]  * nick text}.
 *
 * @param time what the clock showed
 * @param nick who said or did it
 * @param text what; may be empty
 */
record IrcLine(LocalTime time, String nick, String text) {

    private static final Pattern MESSAGE =
            Pattern.compile("\\[([0-9]{2}):([0-9]{2})](?: <([^>]+)>|  \\* ([^ ]+)) ?(.*)", Pattern.DOTALL);

    /** The message in that line; empty if it has none, or one at a time that no clock shows. */
    static Optional<IrcLine> parse(String line) {
        Matcher matcher = MESSAGE.matcher(line);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int hour = Integer.parseInt(matcher.group(1));
        int minute = Integer.parseInt(matcher.group(2));
        if (hour > 23 || minute > 59) {
            return Optional.empty();
        }
        String nick = matcher.group(3) != null ? matcher.group(3) : matcher.group(4);
        return Optional.of(new IrcLine(LocalTime.of(hour, minute), nick, matcher.group(5)));
    }

    /** Whether a line is one that a log may have beside its messages: an empty one, or a join or the like. */
    static boolean isNoMessage(String line) {
        return line.isEmpty() || line.startsWith("===");
    }

    /** Whether a message can be addressed to this nick: one with spaces cannot be told from other words. */
    boolean isAddressable() {
        return nick.indexOf(' ') < 0;
    }
}
