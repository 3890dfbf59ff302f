package io.chatty.maintenance.jdbc.internal.unused;

import io.chatty.maintenance.jdbc.ChatSchema.Reference;
import io.chatty.maintenance.jdbc.ChatSchema.Time;
import io.chatty.maintenance.jdbc.Match;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Which rooms, or users, go since nothing refers to them.
 *
 * @param rooms whether these are rooms; else they are users
 * @param createdAt when a row was made
 * @param grace how old it has to be
 * @param usedBy columns that refer to it, those of messages aside
 * @param archives what the tables of archives are called by, before the name of the host's
 * @param keep which rows stay anyway
 * @param withoutForeignKeys whether columns may refer to it without a foreign key
 * @param shareLimit the share of the table above which a run has to be confirmed; 1 for no limit
 */
public record UnusedSettings(
        boolean rooms,
        Time createdAt,
        Duration grace,
        List<Reference> usedBy,
        List<String> archives,
        Optional<Match> keep,
        boolean withoutForeignKeys,
        double shareLimit) {

    /** What they are called in problems. */
    String what() {
        return rooms ? "unusedRooms" : "unusedUsers";
    }
}
