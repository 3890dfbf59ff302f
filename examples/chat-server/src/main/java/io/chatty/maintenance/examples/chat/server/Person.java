package io.chatty.maintenance.examples.chat.server;

import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's presence as it is shown.
 *
 * @param user who
 * @param status ONLINE, AWAY or OFFLINE; UNKNOWN while presence is off
 * @param devices how many windows the user has open
 * @param since since when the user is online, or offline; null where that is not known
 * @param lastSeen when the user was last heard of, to the minute; null where that is not known
 */
record Person(
        String user,
        String status,
        int devices,
        @Nullable String since,
        @Nullable String lastSeen) {

    static Person of(Presence presence) {
        return new Person(
                presence.user(),
                presence.status().name(),
                presence.devices(),
                presence.since().map(Object::toString).orElse(null),
                presence.lastSeen().map(Object::toString).orElse(null));
    }

    static List<Person> allOf(List<Presence> presences) {
        return presences.stream().map(Person::of).toList();
    }

    /**
     * What a connection hears of the people in its room.
     *
     * @param presence SNAPSHOT if it takes the place of all that was known, SWITCHED_OFF if nothing is known any more; else it adds to
     *     that
     * @param people those it is about
     */
    record News(String presence, List<Person> people) {

        static News of(PresenceEvent event) {
            return new News(event.kind().name(), allOf(event.presences()));
        }
    }
}
