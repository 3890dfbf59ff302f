package io.chatty.maintenance.jdbc.internal.table;

import io.chatty.maintenance.retention.RetentionScope;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a message belongs to; null where it is nothing, or what no rule can ask for.
 *
 * @param room the room's id
 * @param team the team's
 * @param user the sender's
 */
public record Scopes(
        @Nullable String room,
        @Nullable String team,
        @Nullable String user) {

    /** An empty text stands for nothing. */
    static @Nullable String id(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    public List<RetentionScope> all() {
        List<RetentionScope> scopes = new ArrayList<>();
        if (team != null) {
            scopes.add(RetentionScope.team(team));
        }
        if (room != null) {
            scopes.add(RetentionScope.room(room));
        }
        if (user != null) {
            scopes.add(RetentionScope.user(user));
        }
        return scopes;
    }
}
