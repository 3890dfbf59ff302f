package io.chatty.maintenance.presence.redis;

import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import redis.embedded.RedisServer;
import redis.embedded.RedisServerBuilder;

/** A Redis, 7.0, that is started once for all tests, keeps nothing on disk, and ends with them. */
final class StartedRedis {

    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static final int PORT = start();

    private StartedRedis() {}

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int start() {
        int port = freePort();
        server(port).build().start(); // it is stopped when this process ends
        return port;
    }

    static RedisServerBuilder server(int port) {
        return RedisServer.builder().port(port).bind("127.0.0.1").setting("save \"\"");
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
