package io.chatty.maintenance.examples.chat.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.examples.chat.files.ChatFiles;
import io.chatty.maintenance.examples.chat.maintenance.ChatMaintenance;
import io.chatty.maintenance.examples.chat.maintenance.CleanupRules;
import io.chatty.maintenance.examples.chat.storage.ChatStorage;
import io.chatty.maintenance.presence.local.LocalPresenceTracker;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A chat server with the rooms #tea and #coffee, and those who talk to it. */
abstract class RunningChat {

    static final Instant START = Instant.parse("2026-03-01T12:00:00.123456Z");

    final AtomicReference<Instant> now = new AtomicReference<>(START);
    final HttpClient client = HttpClient.newHttpClient();
    ChatStorage storage;
    ChatFiles files;
    MaintenanceEngine engine;
    ChatServer server;

    @BeforeEach
    void start() throws Exception {
        storage = ChatStorage.embedded();
        files = ChatFiles.temporary();
        ChatMaintenance maintenance = new ChatMaintenance(
                storage.dataSource(), files, new CleanupRules(Duration.ofDays(365), Duration.ofDays(7), true));
        maintenance.migrate();
        engine = maintenance.engine().clock(now::get).build();
        engine.start();
        server = ChatServer.start(storage, new Uploads(files, maintenance.sweep()), engine, presence(), now::get, 0);
        assertThat(post("/api/rooms", "{\"id\": \"#tea\", \"topic\": \"leaves\"}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(post("/api/rooms", "{\"id\": \"#coffee\", \"topic\": \"beans\"}")
                        .statusCode())
                .isEqualTo(201);
    }

    /** Who tells who is online. */
    LocalPresenceTracker.Builder presence() {
        return LocalPresenceTracker.builder();
    }

    @AfterEach
    void stop() {
        server.close();
        engine.close();
        files.close();
        storage.close();
    }

    URI uri(String path) {
        return URI.create(server.address()).resolve(path);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, String body) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    String get(String path) throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(uri(path)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    JsonNode json(String path) throws Exception {
        return new ObjectMapper().readTree(get(path));
    }

    WebSocket connect(String room, String user, Ears ears) throws Exception {
        return connect("room=" + encoded(room) + "&user=" + encoded(user), ears);
    }

    WebSocket connect(String query, Ears ears) throws Exception {
        return client.newWebSocketBuilder()
                .buildAsync(URI.create(server.address().replace("http://", "ws://") + "ws?" + query), ears)
                .get(10, TimeUnit.SECONDS);
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
