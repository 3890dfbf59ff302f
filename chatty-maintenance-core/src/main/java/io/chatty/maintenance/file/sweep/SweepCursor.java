package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.task.Cursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a sweep stands, as text: {@code settings phase part position seen complete,complete… tally tally …}, the position in
 * Base64.
 *
 * @param settings the fingerprint of the settings under which it was made
 * @param phase the phase
 * @param part which of the phase's parts: the prefix that is listed, the source that is read
 * @param position where in it; empty at its begin
 * @param seen how many references the source has given so far
 * @param complete how many references each source gave in all, as far as they were read
 * @param tallies what there is under each rule
 */
record SweepCursor(
        String settings, Phase phase, int part, String position, long seen, List<Long> complete, List<Tally> tallies) {

    /** What a sweep does, one after the other. */
    enum Phase {
        CHECK,
        SETTLE,
        RELEASED,
        LIST,
        REFERENCES,
        GUARD,
        /** The counts of references are noted, which the guard has passed. */
        NOTE,
        REVIEW,
        MOVE,
        MOVE_DERIVED,
        PRUNE,
        FORGET,
        /** After a first run, which moves nothing: its suspects are let go. */
        LET_GO,
        /** Since the settings have changed: the suspects are let go, and all begins anew. */
        START_ANEW
    }

    /**
     * What there is under a rule.
     *
     * @param files how many files
     * @param sampled of how many of them the size was asked
     * @param bytes what the sampled have in sum
     * @param references how many references to names under its prefix
     */
    record Tally(long files, long sampled, long bytes, long references) {

        private static final Tally NONE = new Tally(0, 0, 0, 0);

        /** The bytes of all files, taken from those that were sampled. */
        double allBytes() {
            return sampled == 0 ? 0 : (double) bytes / sampled * files;
        }
    }

    static SweepCursor start(String settings, Phase phase, int rules) {
        return new SweepCursor(settings, phase, 0, "", 0, List.of(), Collections.nCopies(rules, Tally.NONE));
    }

    SweepCursor at(Phase next) {
        return new SweepCursor(settings, next, 0, "", 0, complete, tallies);
    }

    SweepCursor at(int newPart, String newPosition, long nowSeen) {
        return new SweepCursor(settings, phase, newPart, newPosition, nowSeen, complete, tallies);
    }

    SweepCursor at(long number) {
        return at(part, Long.toString(number), seen);
    }

    SweepCursor with(List<Tally> newTallies) {
        return new SweepCursor(settings, phase, part, position, seen, complete, List.copyOf(newTallies));
    }

    /** One more source was read to its end. */
    SweepCursor completed(long references) {
        List<Long> all = new ArrayList<>(complete);
        all.add(references);
        return new SweepCursor(settings, phase, part + 1, "", 0, List.copyOf(all), tallies);
    }

    /** The position as the number of an entry. */
    long number() {
        return position.isEmpty() ? 0 : Long.parseLong(position);
    }

    Cursor cursor() {
        List<String> words = new ArrayList<>(List.of(
                settings,
                phase.name(),
                Integer.toString(part),
                Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.UTF_8)),
                Long.toString(seen),
                complete.stream().map(String::valueOf).collect(Collectors.joining(","))));
        for (Tally tally : tallies) {
            words.add(tally.files + "," + tally.sampled + "," + tally.bytes + "," + tally.references);
        }
        return new Cursor(String.join(" ", words));
    }

    static SweepCursor parse(Cursor cursor) {
        String[] words = cursor.text().split(" ", -1);
        List<Tally> tallies = new ArrayList<>();
        for (int i = 6; i < words.length; i++) {
            List<Long> numbers = numbers(words[i]);
            tallies.add(new Tally(numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3)));
        }
        return new SweepCursor(
                words[0],
                Phase.valueOf(words[1]),
                Integer.parseInt(words[2]),
                new String(Base64.getUrlDecoder().decode(words[3]), StandardCharsets.UTF_8),
                Long.parseLong(words[4]),
                numbers(words[5]),
                List.copyOf(tallies));
    }

    private static List<Long> numbers(String text) {
        return text.isEmpty()
                ? List.of()
                : Stream.of(text.split(",", -1)).map(Long::valueOf).toList();
    }
}
