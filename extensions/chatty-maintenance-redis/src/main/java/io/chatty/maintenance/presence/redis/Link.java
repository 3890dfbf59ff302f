package io.chatty.maintenance.presence.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Two connections to Redis, one that asks and one that listens. Where anything fails, both are closed, and nothing is asked until they are
 * opened anew: a command cannot be done late, after a newer one. Used by one thread at a time; {@link #isOpen} by any.
 */
final class Link implements AutoCloseable {

    private static final int AT_ONCE = 500;

    private final Server server;
    private final Duration timeout;
    private final Listener listener;
    private volatile @Nullable Open open;

    private record Open(Server.Connection asks, StatefulRedisPubSubConnection<String, String> listens) {}

    /** A command that is sent with others. */
    interface Command<T> extends Function<RedisClusterAsyncCommands<String, String>, RedisFuture<T>> {}

    /** Is told in threads of the client's. */
    interface Listener {

        void told(String channel, String message);

        /** A channel is not listened to any more, of the server's own accord. */
        void unheard(String channel);
    }

    Link(Server server, Duration timeout, Listener listener) {
        this.server = server;
        this.timeout = timeout;
        this.listener = listener;
    }

    /** Whether Redis answered lately, and both connections stand. */
    boolean isOpen() {
        Open now = open;
        return now != null && now.asks.itself().isOpen() && now.listens.isOpen();
    }

    /** Connects. */
    void open() throws RedisAway {
        close();
        Server.Connection asks = null;
        StatefulRedisPubSubConnection<String, String> listens = null;
        try {
            await(server.look().toCompletableFuture(), System.nanoTime() + timeout.toNanos());
            asks = server.connect();
            listens = server.listen();
            listens.addListener(new Telling());
            open = new Open(asks, listens);
            List<Command<String>> loads = new ArrayList<>();
            for (Script script : Script.values()) {
                loads.add(commands -> commands.scriptLoad(script.text()));
            }
            all(loads);
        } catch (RuntimeException e) { // Lettuce's
            if (listens == null && asks != null) {
                end(asks.itself());
            }
            throw broken(e);
        }
    }

    private final class Telling extends RedisPubSubAdapter<String, String> {
        @Override
        public void message(String channel, String message) {
            listener.told(channel, message);
        }

        @Override
        public void smessage(String channel, String message) {
            listener.told(channel, message);
        }

        @Override
        public void sunsubscribed(String channel, long count) {
            listener.unheard(channel);
        }
    }

    /** Listens to channels too, plain and sharded ones. */
    void listen(List<String> plain, List<String> sharded) throws RedisAway {
        Open now = open;
        if (now == null) {
            throw broken(new IllegalStateException("there is no connection"));
        }
        try {
            List<RedisFuture<Void>> answers = new ArrayList<>();
            if (!plain.isEmpty()) {
                answers.add(now.listens.async().subscribe(plain.toArray(String[]::new)));
            }
            for (String channel : sharded) { // each by itself: they are on several nodes of a cluster
                answers.add(now.listens.async().ssubscribe(channel));
            }
            long end = System.nanoTime() + timeout.toNanos();
            for (RedisFuture<Void> answer : answers) {
                await(answer, end);
            }
        } catch (RuntimeException e) { // Lettuce's
            throw broken(e);
        }
    }

    /** Does a script. */
    static Command<List<Object>> script(Script script, List<String> keys, List<String> args) {
        return commands -> commands.evalsha(
                script.digest(), ScriptOutputType.MULTI, keys.toArray(String[]::new), args.toArray(String[]::new));
    }

    /** What a script gives as keys and values in turn. */
    static Map<String, String> inPairs(Object list) {
        List<?> all = (List<?>) list;
        Map<String, String> pairs = new HashMap<>();
        for (int i = 0; i < all.size(); i += 2) {
            pairs.put((String) all.get(i), (String) all.get(i + 1));
        }
        return pairs;
    }

    <T> T one(Command<T> command) throws RedisAway {
        return all(List.of(command)).get(0);
    }

    /** Sends commands, {@value #AT_ONCE} at once, and waits for what they give. */
    <T> List<T> all(List<? extends Command<T>> commands) throws RedisAway {
        List<T> results = new ArrayList<>(commands.size());
        for (int from = 0; from < commands.size(); from += AT_ONCE) {
            Open now = open;
            if (now == null || !isOpen()) {
                throw broken(new IllegalStateException("there is no connection"));
            }
            try {
                List<RedisFuture<T>> answers = new ArrayList<>();
                now.asks.itself().setAutoFlushCommands(!now.asks.isOne());
                for (Command<T> command : commands.subList(from, Math.min(commands.size(), from + AT_ONCE))) {
                    answers.add(command.apply(now.asks.commands()));
                }
                now.asks.itself().flushCommands();
                now.asks.itself().setAutoFlushCommands(true);
                long end = System.nanoTime() + timeout.toNanos();
                for (RedisFuture<T> answer : answers) {
                    results.add(await(answer, end));
                }
            } catch (RuntimeException e) { // Lettuce's
                throw broken(e);
            }
        }
        return results;
    }

    private <T> T await(Future<T> answer, long end) throws RedisAway {
        try {
            return answer.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw broken(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw broken(new TimeoutException("no answer within " + timeout));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw broken(e);
        }
    }

    private RedisAway broken(Throwable cause) {
        close();
        return new RedisAway(cause);
    }

    @Override
    public void close() {
        Open now = open;
        open = null;
        if (now != null) {
            end(now.asks.itself());
            end(now.listens);
        }
    }

    private static void end(StatefulConnection<String, String> connection) {
        var unused = connection.closeAsync(); // nobody waits for it
    }
}
