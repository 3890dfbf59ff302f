package io.chatty.maintenance.examples.chat.server;

import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceEvent;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceTracker;
import io.javalin.http.BadRequestResponse;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Who is connected to which room, and what they tell one another. Thread-safe. */
final class LiveRooms {

    private static final int LONGEST_NAME = 40;
    private static final int LONGEST_TEXT = 4_000;

    private final Conversations conversations;
    private final PresenceTracker presence;
    private final RoomMembers members;
    private final Map<String, Set<Connection>> connected = new ConcurrentHashMap<>();

    /** @param members what the tracker knows of rooms */
    LiveRooms(Conversations conversations, PresenceTracker presence, RoomMembers members) {
        this.conversations = conversations;
        this.presence = presence;
        this.members = members;
    }

    /** Somebody in a room. */
    record Member(String room, Conversations.User user) {}

    /** What a connection hears when its own text was refused. */
    record Refusal(String error) {}

    /**
     * Who is about to say that in that room, and may be new.
     *
     * @throws BadRequestResponse if that cannot be
     */
    Member member(@Nullable String room, @Nullable String name, String text) throws SQLException {
        if (room == null || conversations.room(room).isEmpty()) {
            throw new BadRequestResponse("room: there is none of that id");
        }
        if (name == null || name.isBlank() || name.length() > LONGEST_NAME || !isOneLine(name)) {
            throw new BadRequestResponse(
                    "user: a name of 1 to " + LONGEST_NAME + " characters, none that controls, is needed");
        }
        if (text.length() > LONGEST_TEXT) {
            throw new BadRequestResponse(tooLong(text));
        }
        return new Member(room, conversations.enter(name));
    }

    /** Whether it has no character that controls, such as a line's end. */
    static boolean isOneLine(String text) {
        return text.chars().noneMatch(Character::isISOControl);
    }

    private static String tooLong(String text) {
        return "text: " + text.length() + " characters given, at most " + LONGEST_TEXT + " allowed";
    }

    /**
     * Begins the presence of a window.
     *
     * @param tab by which it is known when it comes back after a broken connection; null if it need not be
     */
    PresenceSession connect(Member member, @Nullable String tab) {
        if (tab != null && (tab.isEmpty() || tab.length() > LONGEST_NAME)) {
            throw new BadRequestResponse("tab: a text of 1 to " + LONGEST_NAME + " characters, or none, is needed");
        }
        String device = tab == null ? UUID.randomUUID().toString() : tab;
        return presence.connect(member.user().name(), device);
    }

    /** From now on a connection hears what is said in its room, and who is there. */
    void enter(Member member, Connection connection, Flow.Subscriber<PresenceEvent> people) {
        connected
                .computeIfAbsent(member.room(), none -> ConcurrentHashMap.newKeySet())
                .add(connection);
        String user = member.user().name();
        if (members.add(member.room(), user)) {
            presence.roomChanged(member.room());
        }
        presence.seenBy(user).room(member.room()).subscribe(people);
    }

    void leave(Member member, Connection connection) {
        connected.getOrDefault(member.room(), Set.of()).remove(connection);
    }

    /** Posts a text that came over a connection; an empty one is only a sign that somebody types. */
    void say(Member sender, String text, Connection connection) throws SQLException {
        if (text.length() > LONGEST_TEXT) {
            connection.send(new Refusal(tooLong(text)));
        } else if (!text.isEmpty()) {
            tell(conversations.post(sender.room(), sender.user(), text, List.of()));
        }
    }

    /** Tells all who are in the room of a message. */
    void tell(Conversations.Message message) {
        connected.getOrDefault(message.room(), Set.of()).forEach(other -> other.send(message));
    }

    /** Those of a room who are online, by name. */
    List<Person> people(String room) {
        return Person.allOf(presence.onlineIn(room).stream()
                .sorted(Comparator.comparing(Presence::user))
                .toList());
    }

    /** Asks each connection for a sign of life. */
    void ping() {
        connected.values().forEach(room -> room.forEach(Connection::ping));
    }
}
