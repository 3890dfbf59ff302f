package io.chatty.maintenance.presence.redis;

import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import redis.embedded.RedisServer;

/** A Redis, 6.2, that is started once for all tests, keeps nothing on disk, and ends with them. */
final class StartedRedis {

    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static final int PORT = start();

    private StartedRedis() {}

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int start() {
        try {
            int port = freePort();
            RedisServer server = RedisServer.newRedisServer()
                    .port(port)
                    .bind("127.0.0.1")
                    .setting("save \"\"")
                    .build();
            server.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    server.stop();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
            return port;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int port() {
        return PORT;
    }

    static RedisURI uri() {
        return uri(PORT);
    }

    static RedisURI uri(int port) {
        return RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(port)
                .withTimeout(Duration.ofSeconds(20))
                .build();
    }

    /** A prefix that no other test has. */
    static String freshPrefix() {
        return "test:" + PREFIXES.incrementAndGet();
    }
}
