package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.PresenceStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a user who has a session on any node, or a choice. In Redis a text:
 * {@code version|shown|devices|since|nodes|chosen|until|order|words}.
 *
 * @param version of the last change that others could see
 * @param shown what others see
 * @param devices how many are connected, shown or not
 * @param since since when it is shown online, in microseconds; 0 while it is not
 * @param nodes how many devices are on which node, and how many of these are active: {@code node=devices,active;…}
 * @param chosen what the user chose; null for nothing
 */
record UserState(
        long version,
        PresenceStatus shown,
        int devices,
        long since,
        String nodes,
        @Nullable ChosenStatus chosen) {

    /** In the year 2223. Numbers in scripts are doubles, which are exact for microseconds up to 2255. */
    private static final long LAST_SECOND = 8_000_000_000L;

    private static final Map<PresenceStatus, String> LETTERS = Map.of(
            PresenceStatus.ONLINE, "O",
            PresenceStatus.AWAY, "A",
            PresenceStatus.DO_NOT_DISTURB, "D",
            PresenceStatus.INVISIBLE, "I",
            PresenceStatus.OFFLINE, "-");

    /** How many devices, and how many of them active. */
    record Count(int devices, int active) {
        static final Count NONE = new Count(0, 0);
    }

    /** From the text; null from an empty one. */
    static @Nullable UserState parse(String text) {
        if (text.isEmpty()) {
            return null;
        }
        String[] parts = text.split("\\|", -1);
        return new UserState(
                Long.parseLong(parts[0]),
                status(parts[1]).orElseThrow(),
                Integer.parseInt(parts[2]),
                parts[3].isEmpty() ? 0 : Long.parseLong(parts[3]),
                parts[4],
                chosen(parts[5], parts[6], parts[8]));
    }

    private static @Nullable ChosenStatus chosen(String letter, String until, String words) {
        if (letter.isEmpty()) {
            return null;
        }
        return new ChosenStatus(
                status(letter),
                words.isEmpty() ? Optional.empty() : Optional.of(Escaped.undo(words.substring(1))),
                until.isEmpty() ? Optional.empty() : Optional.of(end(until)));
    }

    /** What a user chose, as Redis gets it: {@code order|status|until|words}. */
    static String choice(long order, @Nullable ChosenStatus chosen) {
        if (chosen == null) {
            return order + "|||";
        }
        return order + "|" + chosen.status().map(LETTERS::get).orElse("S") + "|"
                + chosen.until().map(UserState::end).orElse("") + "|"
                + chosen.text().map(text -> "t" + Escaped.of(text)).orElse("");
    }

    /** Microseconds, as far as Redis can count them, and seconds and nanoseconds: {@code micros~seconds.nanos}. */
    private static String end(Instant end) {
        long seconds = Math.max(-LAST_SECOND, Math.min(LAST_SECOND, end.getEpochSecond()));
        return micros(Instant.ofEpochSecond(seconds, end.getNano())) + "~" + end.getEpochSecond() + "." + end.getNano();
    }

    private static Instant end(String text) {
        int tilde = text.indexOf('~');
        int dot = text.indexOf('.', tilde);
        return Instant.ofEpochSecond(
                Long.parseLong(text.substring(tilde + 1, dot)), Long.parseLong(text.substring(dot + 1)));
    }

    private static Optional<PresenceStatus> status(String letter) {
        return LETTERS.entrySet().stream()
                .filter(entry -> entry.getValue().equals(letter))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    /** What a user sees of themselves. */
    static PresenceStatus fold(Count count, @Nullable ChosenStatus chosen) {
        if (count.devices == 0) {
            return PresenceStatus.OFFLINE;
        }
        if (chosen != null && chosen.status().isPresent()) {
            return chosen.status().get();
        }
        return count.active > 0 ? PresenceStatus.ONLINE : PresenceStatus.AWAY;
    }

    /** Whether they chose not to be seen. */
    boolean isHiding() {
        return chosen != null && chosen.status().equals(Optional.of(PresenceStatus.INVISIBLE));
    }

    /** What is on all nodes. */
    Count all() {
        return count(node -> true);
    }

    /** What is on a node. */
    Count on(String node) {
        return count(node::equals);
    }

    /** What is on other nodes. */
    Count notOn(String node) {
        return count(other -> !node.equals(other));
    }

    private Count count(Predicate<String> which) {
        int all = 0;
        int active = 0;
        int from = 0;
        while (from < nodes.length()) {
            int equals = nodes.indexOf('=', from);
            int comma = nodes.indexOf(',', equals);
            int end = nodes.indexOf(';', comma);
            end = end < 0 ? nodes.length() : end;
            if (which.test(nodes.substring(from, equals))) {
                all += Integer.parseInt(nodes.substring(equals + 1, comma));
                active += Integer.parseInt(nodes.substring(comma + 1, end));
            }
            from = end + 1;
        }
        return new Count(all, active);
    }
}
