package io.chatty.maintenance.file.limit;

import io.chatty.maintenance.task.Cursor;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a task of limits stands, as text: {@code settings phase level scope position number …}, scope and position in Base64.
 *
 * @param settings the fingerprint of the settings under which it was made
 * @param phase the phase
 * @param level which of the levels
 * @param scope the id of the scope of that level that was begun last, {@value #ALL} for all files; empty at the level's begin
 * @param position where among the scope's files; empty at their begin
 * @param used how many bytes the scope had
 * @param excess how many bytes of it are still to be given up; 0 when it is done
 * @param number the number of what was read last: a note, an entry of the ledger
 * @param space of the store: first what is given back already, then what is too much
 * @param spaceUsed how many bytes of the store are used, without what is given back already
 * @param files how many files there were in all
 * @param bytes how many bytes those had
 */
record LimitCursor(
        String settings,
        Phase phase,
        int level,
        String scope,
        String position,
        long used,
        long excess,
        long number,
        long space,
        long spaceUsed,
        long files,
        long bytes) {

    static final String ALL = "*";

    private static final int TEXTS = 5;

    /** What is done, one after the other. */
    enum Phase {
        CHECK,
        /** What an earlier run chose, and did not give up, is let go. */
        LET_GO,
        WAITING,
        SPACE,
        PLAN,
        GUARD,
        EVICT,
        FORGET,
        /** Since the settings have changed: what was chosen is let go, and the run ends. */
        END
    }

    static LimitCursor start(String settings, Phase phase) {
        return new LimitCursor(settings, phase, 0, "", "", 0, 0, 0, 0, 0, 0, 0);
    }

    LimitCursor at(Phase next) {
        return new LimitCursor(settings, next, 0, "", "", 0, 0, 0, space, spaceUsed, files, bytes);
    }

    LimitCursor at(long newNumber) {
        return new LimitCursor(
                settings, phase, level, scope, position, used, excess, newNumber, space, spaceUsed, files, bytes);
    }

    LimitCursor counting(long allFiles, long allBytes) {
        return new LimitCursor(
                settings, phase, level, scope, position, used, excess, number, space, spaceUsed, allFiles, allBytes);
    }

    LimitCursor space(long newSpace, long newSpaceUsed) {
        return new LimitCursor(
                settings, phase, level, scope, position, used, excess, number, newSpace, newSpaceUsed, files, bytes);
    }

    LimitCursor nextLevel() {
        return new LimitCursor(settings, phase, level + 1, "", "", 0, 0, number, space, spaceUsed, files, bytes);
    }

    /** A scope begins, of which so much is to go. */
    LimitCursor begins(String newScope, long newUsed, long newExcess) {
        return new LimitCursor(
                settings,
                phase,
                level,
                newScope,
                "",
                newUsed,
                Math.max(0, newExcess),
                number,
                space,
                spaceUsed,
                files,
                bytes);
    }

    /** The scope goes on there, or is done if nothing more is to go. */
    LimitCursor goesOn(String newPosition, long newExcess) {
        return new LimitCursor(
                settings,
                phase,
                level,
                scope,
                newPosition,
                used,
                Math.max(0, newExcess),
                number,
                space,
                spaceUsed,
                files,
                bytes);
    }

    Cursor cursor() {
        return new Cursor(String.join(
                " ",
                settings,
                phase.name(),
                Integer.toString(level),
                encoded(scope),
                encoded(position),
                Stream.of(used, excess, number, space, spaceUsed, files, bytes)
                        .map(String::valueOf)
                        .collect(Collectors.joining(" "))));
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String text) {
        return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
    }

    static LimitCursor parse(Cursor cursor) {
        String[] words = cursor.text().split(" ", -1);
        List<Long> numbers = Stream.of(words).skip(TEXTS).map(Long::valueOf).toList();
        return new LimitCursor(
                words[0],
                Phase.valueOf(words[1]),
                Integer.parseInt(words[2]),
                decoded(words[3]),
                decoded(words[4]),
                numbers.get(0),
                numbers.get(1),
                numbers.get(2),
                numbers.get(3),
                numbers.get(4),
                numbers.get(5),
                numbers.get(6));
    }
}
