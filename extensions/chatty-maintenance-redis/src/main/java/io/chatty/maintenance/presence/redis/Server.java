package io.chatty.maintenance.presence.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Where connections come from. */
interface Server extends AutoCloseable {

    /**
     * A connection and what is asked by it.
     *
     * @param isOne whether it is one to one server: then commands can be sent together. Those of a cluster open more as they need them
     */
    record Connection(
            StatefulConnection<String, String> itself,
            RedisClusterAsyncCommands<String, String> commands,
            boolean isOne) {}

    Connection connect();

    /** A connection that only listens. */
    StatefulRedisPubSubConnection<String, String> listen();

    /** Asks again what servers there are, before a connection is made anew. Nothing to do where there is one. */
    default CompletionStage<Void> look() {
        return CompletableFuture.completedFuture(null);
    }

    /** Ends what is not the host's. */
    @Override
    void close();

    /** By a client of its own. */
    static Server of(RedisURI uri, Duration timeout) {
        RedisURI bounded = RedisURI.builder(uri).withTimeout(timeout).build();
        RedisClient client = RedisClient.create(bounded);
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false) // the tracker does, and looks at what it missed
                .socketOptions(SocketOptions.builder().connectTimeout(timeout).build())
                .build());
        return of(client, () -> {
            var unused = client.shutdownAsync(0, timeout.toMillis(), TimeUnit.MILLISECONDS); // nobody waits for it
        });
    }

    /** By a client of the host. */
    static Server of(RedisClient client) {
        return of(client, () -> {});
    }

    private static Server of(RedisClient client, Runnable close) {
        return new Server() {
            @Override
            public Connection connect() {
                StatefulRedisConnection<String, String> connection = client.connect(StringCodec.UTF8);
                return new Connection(connection, connection.async(), true);
            }

            @Override
            public StatefulRedisPubSubConnection<String, String> listen() {
                return client.connectPubSub(StringCodec.UTF8);
            }

            @Override
            public void close() {
                close.run();
            }
        };
    }

    /** By a cluster client of the host. */
    static Server of(RedisClusterClient client) {
        return new Server() {
            @Override
            public Connection connect() {
                StatefulRedisClusterConnection<String, String> connection = client.connect(StringCodec.UTF8);
                return new Connection(connection, connection.async(), false);
            }

            @Override
            public StatefulRedisPubSubConnection<String, String> listen() {
                return client.connectPubSub(StringCodec.UTF8);
            }

            @Override
            public CompletionStage<Void> look() {
                return client.refreshPartitionsAsync();
            }

            @Override
            public void close() {
                // the host's
            }
        };
    }
}
