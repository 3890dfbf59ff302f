package io.chatty.maintenance.examples.chat.history;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who has come, in a line of an IRC log: {@code === nick [host] has joined #room}, or {@code === nick is now known as other}.
 *
 * @param nick who is there now
 * @param formerly what the nick was before; null if this is a join
 */
record IrcNotice(String nick, @Nullable String formerly) {

    private static final Pattern JOIN = Pattern.compile("=== (.+) \\[.*] +has joined #\\S*\\s*", Pattern.DOTALL);
    private static final Pattern CHANGE = Pattern.compile("=== (.+?) +is now known as (.+)", Pattern.DOTALL);

    /** The join or nick change in that line; empty if it has none. */
    static Optional<IrcNotice> parse(String line) {
        Matcher join = JOIN.matcher(line);
        if (join.matches()) {
            return Optional.of(new IrcNotice(join.group(1), null));
        }
        Matcher change = CHANGE.matcher(line);
        return change.matches() ? Optional.of(new IrcNotice(change.group(2), change.group(1))) : Optional.empty();
    }
}
