package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.SizeCap;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * How far a run is with its size cap. All numbers are rows or bytes, as the cap has it. Immutable.
 *
 * @param cap which cap it is about, as text; empty for none
 * @param due what goes for other reasons, where nothing is really removed
 * @param measured what was measured so far
 * @param left how much may go still
 * @param locked how much of that is left for the second pass, since the host had it locked
 */
public record CapState(String cap, long due, long measured, long left, long locked) {

    public static final CapState NONE = new CapState("", 0, 0, 0, 0);

    static CapState of(SizeCap cap) {
        return new CapState(cap.toString(), 0, 0, 0, 0);
    }

    /** How much may go in this pass. */
    long open() {
        return left - locked;
    }

    CapState withDue(long more) {
        return new CapState(cap, due + more, measured, left, locked);
    }

    CapState withMeasured(long more) {
        return new CapState(cap, due, measured + more, left, locked);
    }

    CapState unmeasured() {
        return new CapState(cap, due, 0, left, locked);
    }

    /** What was measured, less what goes for other reasons. */
    long stays() {
        return measured - due;
    }

    /** Has measured all. A second pass may take no more than the first had left, whatever came meanwhile. */
    CapState measuredAll(SizeCap by, int pass) {
        long excess = pass == 2
                ? Math.min(left, Math.max(0, stays() - by.low()))
                : stays() > by.high() ? stays() - by.low() : 0;
        return new CapState(cap, due, measured, excess, 0);
    }

    CapState taken(long went, long lockedMore) {
        return new CapState(cap, due, measured, left - went, locked + lockedMore);
    }

    /** One word, for a cursor. */
    String text() {
        return URLEncoder.encode(cap, StandardCharsets.UTF_8) + "," + due + "," + measured + "," + left + "," + locked;
    }

    static CapState parse(String text) {
        String[] parts = text.split(",", -1);
        return new CapState(
                URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
                Long.parseLong(parts[1]),
                Long.parseLong(parts[2]),
                Long.parseLong(parts[3]),
                Long.parseLong(parts[4]));
    }
}
