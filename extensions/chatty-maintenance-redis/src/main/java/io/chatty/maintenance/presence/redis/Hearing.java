package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.roster.Roster;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.BooleanSupplier;

/**
 * By which way the changes of each bucket are told, and whether this node listens to that. Changes are published by the server that has the
 * bucket, to its own shard alone if it can (since Redis 7.0), and otherwise to all; with each beat that server tells which, so that the node
 * is right again one beat after a server was replaced by an older or newer one. Where the two do not go together meanwhile, changes are
 * missing in the sequence, and are read. Used by one thread at a time, but for {@link #unheard}.
 */
final class Hearing {

    private static final int NOTHING = 0;
    private static final int PLAIN = 1;
    private static final int SHARDED = 2;

    private final Keys keys;
    private final Link link;
    private final BooleanSupplier mayShard;
    private final int[] told = new int[Roster.SHARDS];
    private final AtomicIntegerArray heard = new AtomicIntegerArray(Roster.SHARDS);

    /** @param mayShard whether sharded pub/sub may be used */
    Hearing(Keys keys, Link link, BooleanSupplier mayShard) {
        this.keys = keys;
        this.link = link;
        this.mayShard = mayShard;
    }

    /** The link is new: nothing is listened to. */
    void forget() {
        for (int i = 0; i < Roster.SHARDS; i++) {
            heard.set(i, NOTHING);
        }
    }

    /** The bucket's server told whether it has sharded pub/sub. */
    void told(int bucket, boolean isSharded) {
        told[bucket] = isSharded && mayShard.getAsBoolean() ? SHARDED : PLAIN;
    }

    /** The bucket's channel is not heard any more, as when its slot moves to another node of a cluster, or it is to be doubted. */
    void unheard(int bucket) {
        heard.set(bucket, NOTHING);
    }

    /** Listens to what is not listened to yet, as far as it is known how. @return the buckets whose changes may have been missed till now */
    List<Integer> listen() throws RedisAway {
        List<Integer> plain = new ArrayList<>();
        List<Integer> sharded = new ArrayList<>();
        for (int i = 0; i < Roster.SHARDS; i++) {
            if (told[i] != heard.get(i)) {
                heard.set(i, told[i]); // before it is asked for: it may be unheard again at once
                (told[i] == SHARDED ? sharded : plain).add(i);
            }
        }
        link.listen(channels(plain), channels(sharded));
        plain.addAll(sharded);
        return plain;
    }

    private List<String> channels(List<Integer> buckets) {
        return buckets.stream().map(keys::channel).toList();
    }

    /** Of how many buckets changes are heard by sharded pub/sub. */
    int sharded() {
        int sharded = 0;
        for (int i = 0; i < Roster.SHARDS; i++) {
            sharded += heard.get(i) == SHARDED ? 1 : 0;
        }
        return sharded;
    }
}
