package io.chatty.maintenance.examples.chat.server;

import io.chatty.maintenance.presence.PresenceDirectory;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Who has entered which room since the start. Nobody has contacts in this chat. Thread-safe. */
final class RoomMembers implements PresenceDirectory {

    private final Map<String, Set<String>> members = new ConcurrentHashMap<>();

    /** Whether the user is new in the room. */
    boolean add(String room, String user) {
        return members.computeIfAbsent(room, none -> ConcurrentHashMap.newKeySet())
                .add(user);
    }

    @Override
    public Collection<String> membersOf(String room) {
        return members.getOrDefault(room, Set.of());
    }

    @Override
    public Collection<String> contactsOf(String user) {
        return Set.of();
    }
}
