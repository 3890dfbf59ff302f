package io.chatty.maintenance.examples.chat.history;

import io.chatty.maintenance.examples.chat.history.Sign.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A log of a channel.
 *
 * @param file where it is
 * @param day on which it begins, in UTC
 */
public record IrcLog(Path file, LocalDate day) {

    /** With the day that its name begins with; empty if it does not. */
    static Optional<IrcLog> of(Path file) {
        String name = String.valueOf(file.getFileName());
        try {
            return Optional.of(new IrcLog(file, LocalDate.parse(name.substring(0, Math.min(10, name.length())))));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** All lines that show who is there, in order. */
    public List<Sign> signs() throws IOException {
        SignReader reader = new SignReader(day);
        try (LogLines lines = new LogLines(file)) {
            for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
                reader.read(line.get());
            }
        }
        return reader.signs();
    }

    private static final class SignReader {

        private final IrcClock clock;
        private final List<Sign> signs = new ArrayList<>();
        private boolean started;

        SignReader(LocalDate day) {
            this.clock = new IrcClock(day);
        }

        void read(String line) {
            Optional<IrcLine> message = IrcLine.parse(line);
            if (message.isPresent()) {
                Instant at = clock.moveTo(message.get().time());
                if (!started) {
                    started = true;
                    signs.replaceAll(early -> new Sign(at, early.kind(), early.nick(), early.formerly()));
                }
                add(Kind.MESSAGE, message.get().nick(), null);
            } else {
                IrcNotice.parse(line)
                        .ifPresent(notice -> add(
                                notice.formerly() == null ? Kind.JOIN : Kind.CHANGE, notice.nick(), notice.formerly()));
            }
        }

        private void add(Kind kind, String nick, @Nullable String formerly) {
            signs.add(new Sign(
                    clock.now(), kind, withoutSpaces(nick), formerly == null ? null : withoutSpaces(formerly)));
        }

        /** Nicks have no spaces; but these logs were written with one behind each closing bracket. */
        private static String withoutSpaces(String nick) {
            return nick.replace(" ", "");
        }

        List<Sign> signs() {
            return signs;
        }
    }
}
