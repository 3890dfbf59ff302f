package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.roster.Roster;

/**
 * The keys and channels of a tracker. Users are in {@value Roster#SHARDS} buckets; all keys of a bucket share a hash tag, so that they
 * are on one node of a Redis Cluster.
 */
record Keys(String prefix) {

    private String of(int bucket, String what) {
        return "{" + prefix + ":" + bucket + "}:" + what;
    }

    /** A hash: a field {@code d:<device>} of each session, and {@code choice}. */
    String user(String user) {
        return of(Roster.shardOf(user), "user:" + Escaped.of(user));
    }

    /** A hash of user to {@link UserState}. */
    String states(int bucket) {
        return of(bucket, "states");
    }

    /** A number that grows with each change of a state. */
    String sequence(int bucket) {
        return of(bucket, "sequence");
    }

    /** Users by when something of them ends by itself. */
    String due(int bucket) {
        return of(bucket, "due");
    }

    /** The users of whom a node has sessions. */
    String usersOf(int bucket, String node) {
        return of(bucket, "node:" + node);
    }

    /** A hash of node to when it was heard of. */
    String nodes() {
        return prefix + ":nodes";
    }

    /** Who sweeps. */
    String sweeper() {
        return prefix + ":sweeper";
    }

    /** A hash of what trackers have swept by themselves. */
    String swept() {
        return prefix + ":swept";
    }

    /** Where it is told what changes in a bucket. It shares the hash tag too: with sharded pub/sub, it is of the bucket's node of the cluster. */
    String channel(int bucket) {
        return of(bucket, "changes");
    }

    /** Which bucket a channel is of. */
    int bucketOf(String channel) {
        return Integer.parseInt(channel.substring(prefix.length() + 2, channel.indexOf("}:changes")));
    }
}
