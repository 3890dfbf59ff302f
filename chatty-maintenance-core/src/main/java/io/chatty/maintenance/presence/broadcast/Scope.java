package io.chatty.maintenance.presence.broadcast;

import java.util.Collection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whom a subscription is about.
 *
 * @param key what is told to have changed; null for what never does
 * @param members gives the users; null for all
 */
record Scope(@Nullable String key, @Nullable Supplier<Collection<String>> members) {

    static final Scope ALL = new Scope(null, null);

    static String room(String room) {
        return "room:" + room;
    }

    static String contacts(String user) {
        return "contacts:" + user;
    }
}
