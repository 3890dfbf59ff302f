package io.chatty.maintenance.presence.broadcast;

import io.chatty.maintenance.presence.Presence;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is known of users, in shards whose versions grow with each change of one of their users. Thread-safe. A change is told to the
 * {@link Broadcaster} under the same lock under which a snapshot of its shard is taken.
 */
public interface PresenceSource {

    /** How many shards there are. */
    int shards();

    /** The shard of a user, from 0. */
    int shardOf(String user);

    /** What others see of a user. */
    Presence read(String user);

    /**
     * Gives what is seen of users of a shard that are online.
     *
     * @param only of these, all of the shard; null for all
     * @return the version up to which changes are in it
     */
    long snapshot(int shard, @Nullable Collection<String> only, Consumer<Presence> consumer);
}
