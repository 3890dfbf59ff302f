package io.chatty.maintenance.presence;

import java.util.Collection;

/** Who belongs together, as the host knows it. Asked at questions and subscriptions, in their thread; may ask a database. Thread-safe. */
public interface PresenceDirectory {

    /** The members of a room, of any number. */
    Collection<String> membersOf(String room);

    /** The contacts of a user, of any number. */
    Collection<String> contactsOf(String user);
}
