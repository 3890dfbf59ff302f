package io.chatty.maintenance.presence.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
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
    private final BiConsumer<String, String> listener;
    private volatile @Nullable Open open;

    private record Open(Server.Connection asks, StatefulRedisPubSubConnection<String, String> listens) {}

    /** A command that is sent with others. */
    interface Command<T> extends Function<RedisClusterAsyncCommands<String, String>, RedisFuture<T>> {}

    /** @param listener is called with channel and message, in a thread of the client's */
    Link(Server server, Duration timeout, BiConsumer<String, String> listener) {
        this.server = server;
        this.timeout = timeout;
        this.listener = listener;
    }

    /** Whether Redis answered lately, and both connections stand. */
    boolean isOpen() {
        Open now = open;
        return now != null && now.asks.itself().isOpen() && now.listens.isOpen();
    }

    /** Connects, and listens to channels. */
    void open(List<String> channels) throws RedisAway {
        close();
        Server.Connection asks = null;
        StatefulRedisPubSubConnection<String, String> listens = null;
        try {
            asks = server.connect();
            listens = server.listen();
            listens.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(String channel, String message) {
                    listener.accept(channel, message);
                }
            });
            open = new Open(asks, listens);
            await(listens.async().subscribe(channels.toArray(String[]::new)), System.nanoTime() + timeout.toNanos());
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

    /** Does a script. */
    static Command<List<Object>> script(Script script, List<String> keys, List<String> args) {
        return commands -> commands.evalsha(
                script.digest(), ScriptOutputType.MULTI, keys.toArray(String[]::new), args.toArray(String[]::new));
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

    private <T> T await(RedisFuture<T> answer, long end) throws RedisAway {
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
