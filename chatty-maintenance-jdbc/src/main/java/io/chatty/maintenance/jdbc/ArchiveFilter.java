package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.util.Optional;

/**
 * Which archived messages are meant: those that fulfil all that is given. Immutable.
 *
 * @param run only those that this run removed
 * @param room only those that were in that room
 * @param user only those that this user sent
 * @param from only those sent at that time or later
 * @param to only those sent before that time
 */
public record ArchiveFilter(
        Optional<RunId> run,
        Optional<String> room,
        Optional<String> user,
        Optional<Instant> from,
        Optional<Instant> to) {

    private static final ArchiveFilter ALL =
            new ArchiveFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** @throws IllegalArgumentException if an id is empty, or the range does not end after it begins */
    public ArchiveFilter {
        room.ifPresent(RetentionScope::room);
        user.ifPresent(RetentionScope::user);
        if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
            throw new IllegalArgumentException(
                    "archive: from " + from.get() + " to " + to.get() + " given, must end after it begins");
        }
    }

    /** All that is archived. */
    public static ArchiveFilter all() {
        return ALL;
    }

    /** What that run removed. */
    public static ArchiveFilter ofRun(RunId id) {
        return ALL.withRun(id);
    }

    /** What was in that room. */
    public static ArchiveFilter ofRoom(String id) {
        return ALL.withRoom(id);
    }

    /** What that user sent. */
    public static ArchiveFilter ofUser(String id) {
        return ALL.withUser(id);
    }

    /** What was sent in that time, its end excluded. */
    public static ArchiveFilter sentBetween(Instant first, Instant end) {
        return ALL.withSentBetween(first, end);
    }

    /** The same, and only what that run removed. */
    public ArchiveFilter withRun(RunId id) {
        return new ArchiveFilter(Optional.of(id), room, user, from, to);
    }

    /** The same, and only what was in that room. */
    public ArchiveFilter withRoom(String id) {
        return new ArchiveFilter(run, Optional.of(id), user, from, to);
    }

    /** The same, and only what that user sent. */
    public ArchiveFilter withUser(String id) {
        return new ArchiveFilter(run, room, Optional.of(id), from, to);
    }

    /** The same, and only what was sent in that time, its end excluded. */
    public ArchiveFilter withSentBetween(Instant first, Instant end) {
        return new ArchiveFilter(run, room, user, Optional.of(first), Optional.of(end));
    }
}
