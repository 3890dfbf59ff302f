package io.chatty.maintenance.jdbc.internal.database;

/**
 * What was measured.
 *
 * @param value NaN if there is nothing to measure
 * @param whose what it was measured of, for a person, such as the replica that is furthest behind; may be empty
 * @param doubt why the value may be too low, with what to do about it; empty if it is sure
 */
public record Load(double value, String whose, String doubt) {

    public static Load of(double value) {
        return new Load(value, "", "");
    }

    /** With a doubt if something was hidden from us. */
    Load unlessHidden(long hidden, String why) {
        return hidden == 0 ? this : new Load(value, whose, why);
    }
}
