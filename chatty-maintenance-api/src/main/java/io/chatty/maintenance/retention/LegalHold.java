package io.chatty.maintenance.retention;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps messages from everything that deletes: rules, size caps, their author's own soft delete, the cleaning of orphans,
 * erasure. What it is said to cover is covered by all of it together: with a room and a user the messages of that user in that
 * room, with a time range those of them that were sent in it. Immutable and thread-safe.
 *
 * @param id names it, such as the number of the case; letter for letter
 * @param room only messages in that room; empty for any, or none
 * @param user only messages that this user sent; empty for any
 * @param from only messages sent at that time or later; empty for any
 * @param to only messages sent before that time; empty for any
 * @param everything whether it covers all messages, which has to be said
 * @param by who placed it
 * @param why the reason
 * @param placedAt when it was placed; empty until it is
 */
public record LegalHold(
        String id,
        Optional<String> room,
        Optional<String> user,
        Optional<Instant> from,
        Optional<Instant> to,
        boolean everything,
        String by,
        String why,
        Optional<Instant> placedAt) {

    /**
     * @throws IllegalArgumentException if id, by or why is blank, room or user is empty, the range does not end after it began,
     *     or it covers everything without saying so, or says so and yet names a part
     */
    public LegalHold {
        notBlank("id", id);
        notBlank("by", by);
        notBlank("why", why);
        room.ifPresent(RetentionScope::room);
        user.ifPresent(RetentionScope::user);
        if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
            throw new IllegalArgumentException(
                    "hold " + id + ": from " + from.get() + " to " + to.get() + " given, must end after it begins");
        }
        boolean part = room.isPresent() || user.isPresent() || from.isPresent() || to.isPresent();
        if (!part && !everything) {
            throw new IllegalArgumentException("hold " + id
                    + ": neither room nor user nor time range given; to hold all" + " messages say everything()");
        }
        if (part && everything) {
            throw new IllegalArgumentException("hold " + id
                    + ": everything() given together with a room, user or time range; only one is allowed");
        }
    }

    private static void notBlank(String name, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("hold: " + name + " is blank; it must say something");
        }
    }

    /**
     * Starts a hold.
     *
     * @param id names it, such as the number of the case
     * @param by who places it
     * @param why the reason
     * @throws IllegalArgumentException if one of them is blank
     */
    public static Builder builder(String id, String by, String why) {
        notBlank("id", id);
        notBlank("by", by);
        notBlank("why", why);
        return new Builder(id, by, why);
    }

    /** The same hold, placed at that time. */
    public LegalHold placed(Instant at) {
        return new LegalHold(id, room, user, from, to, everything, by, why, Optional.of(at));
    }

    /** Whether that message is held. */
    public boolean covers(MessageView message) {
        return (room.isEmpty() || room.equals(message.room()))
                && (user.isEmpty() || user.equals(message.sender()))
                && (from.isEmpty() || !message.sentAt().isBefore(from.get()))
                && (to.isEmpty() || message.sentAt().isBefore(to.get()));
    }

    /** Collects what a hold covers. Not thread-safe. */
    public static final class Builder {

        private final String id;
        private final String by;
        private final String why;
        private @Nullable String room;
        private @Nullable String user;
        private @Nullable Instant from;
        private @Nullable Instant to;
        private boolean everything;

        private Builder(String id, String by, String why) {
            this.id = id;
            this.by = by;
            this.why = why;
        }

        /**
         * Only messages in that room.
         *
         * @throws IllegalArgumentException if the id is empty
         */
        public Builder room(String roomId) {
            RetentionScope.room(roomId);
            room = roomId;
            return this;
        }

        /**
         * Only messages that this user sent.
         *
         * @throws IllegalArgumentException if the id is empty
         */
        public Builder user(String userId) {
            RetentionScope.user(userId);
            user = userId;
            return this;
        }

        /** Only messages sent at that time or later. */
        public Builder from(Instant first) {
            from = Objects.requireNonNull(first, "from");
            return this;
        }

        /** Only messages sent before that time. */
        public Builder to(Instant end) {
            to = Objects.requireNonNull(end, "to");
            return this;
        }

        /** All messages. */
        public Builder everything() {
            everything = true;
            return this;
        }

        /**
         * The hold.
         *
         * @throws IllegalArgumentException if the range does not end after it began, if nothing says what it covers, or if
         *     {@link #everything()} was called and a part is named as well
         */
        public LegalHold build() {
            return new LegalHold(
                    id,
                    Optional.ofNullable(room),
                    Optional.ofNullable(user),
                    Optional.ofNullable(from),
                    Optional.ofNullable(to),
                    everything,
                    by,
                    why,
                    Optional.empty());
        }
    }
}
