package io.chatty.maintenance.retention;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One message as a {@link ReviewingPolicy} sees it. Immutable and thread-safe. Ids are text as the database shows them. A
 * plugin's tests make one by {@link #of} and the methods that give a changed one.
 *
 * @param key the key, of one part or, where the host's key is composite, of several in the schema's order
 * @param room the room it is in, if any
 * @param team what the host groups that room by, if any
 * @param sender who sent it, if known
 * @param sentAt when it was sent
 * @param pinned whether it is exempt from the rules; such a message is reviewed only when someone asks for an explanation
 * @param values the columns that policies asked for by {@link ReviewingPolicy#columns()}; see {@link #value}
 */
public record MessageView(
        List<String> key,
        Optional<String> room,
        Optional<String> team,
        Optional<String> sender,
        Instant sentAt,
        boolean pinned,
        Map<String, Optional<Object>> values) {

    /** @throws IllegalArgumentException if the key has no part, or a value is of another kind than {@link #value} tells */
    public MessageView {
        key = List.copyOf(key);
        if (key.isEmpty()) {
            throw new IllegalArgumentException("message: a key without any part given");
        }
        values = Collections.unmodifiableMap(new TreeMap<>(values));
        values.forEach((column, value) -> value.ifPresent(given -> checkKind(column, given)));
    }

    private static void checkKind(String column, Object value) {
        if (!(value instanceof String
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof Instant)) {
            throw new IllegalArgumentException("message: column " + column + " given as "
                    + value.getClass().getName() + "; a text, a number, a boolean or an instant is allowed");
        }
    }

    /** A message in no room, of an unknown sender, not pinned, without further columns. */
    public static MessageView of(String key, Instant sentAt) {
        return new MessageView(
                List.of(key), Optional.empty(), Optional.empty(), Optional.empty(), sentAt, false, Map.of());
    }

    /** The same message in that room. */
    public MessageView inRoom(String id) {
        return new MessageView(key, Optional.of(id), team, sender, sentAt, pinned, values);
    }

    /** The same message in a room of that team. */
    public MessageView ofTeam(String id) {
        return new MessageView(key, room, Optional.of(id), sender, sentAt, pinned, values);
    }

    /** The same message sent by that user. */
    public MessageView sentBy(String id) {
        return new MessageView(key, room, team, Optional.of(id), sentAt, pinned, values);
    }

    /** The same message, pinned or not. */
    public MessageView pinned(boolean isPinned) {
        return new MessageView(key, room, team, sender, sentAt, isPinned, values);
    }

    /**
     * The same message with one column more.
     *
     * @param value a text, a number, a boolean or an instant; empty for NULL
     */
    public MessageView with(String column, Optional<?> value) {
        Map<String, Optional<Object>> more = new TreeMap<>(values);
        more.put(column, value.map(given -> given));
        return new MessageView(key, room, team, sender, sentAt, pinned, more);
    }

    /**
     * What a column holds: a text, a number, a boolean or an instant; empty for NULL.
     *
     * @throws IllegalArgumentException if no policy asked for that column, which must not be taken for a NULL: a typing mistake
     *     would let messages go
     */
    public Optional<Object> value(String column) {
        Optional<Object> value = values.get(column);
        if (value == null) {
            throw new IllegalArgumentException("message: column " + column + " asked for, but columns() named "
                    + (values.isEmpty() ? "none" : "only " + String.join(", ", values.keySet())));
        }
        return value;
    }
}
