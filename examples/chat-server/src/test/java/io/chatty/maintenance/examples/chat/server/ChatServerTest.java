package io.chatty.maintenance.examples.chat.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chatty.maintenance.examples.chat.maintenance.ChatMaintenance;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ChatServerTest extends RunningChat {

    @Test
    void a_message_is_stored_with_what_belongs_to_it_and_told_to_all_in_its_room() throws Exception {
        Ears anns = new Ears();
        Ears bobs = new Ears();
        Ears elsewhere = new Ears();
        WebSocket ann = connect("#tea", "ann", anns);
        WebSocket bob = connect("#tea", "bob", bobs);
        WebSocket eve = connect("#coffee", "eve", elsewhere);
        // Whoever hears the echo of an own message is in the room.
        for (WebSocket each : new WebSocket[] {ann, bob, eve}) {
            each.sendText("hi", true).get(10, TimeUnit.SECONDS);
        }
        bobs.next();
        elsewhere.next();
        anns.next();

        ann.sendText("bob: see http://tea.example/green", true).get(10, TimeUnit.SECONDS);

        JsonNode told = bobs.next();
        while (!told.get("text").asText().startsWith("bob:")) {
            told = bobs.next();
        }
        assertThat(told.get("user").asText()).isEqualTo("ann");
        assertThat(told.get("room").asText()).isEqualTo("#tea");
        assertThat(told.get("sentAt").asText()).isEqualTo(START.toString());
        JsonNode stored = json("/api/messages?room=" + encoded("#tea"));
        assertThat(stored.get(stored.size() - 1)).isEqualTo(told);
        assertThat(storage.count("attachments")).isEqualTo(1);
        assertThat(storage.count("mentions")).isEqualTo(1);
        assertThat(elsewhere.heard).isEmpty();
        assertThat(json("/api/users").findValuesAsText("name")).containsExactlyInAnyOrder("ann", "bob", "eve");
    }

    @Test
    void who_names_no_room_that_is_there_or_no_name_is_turned_away() throws Exception {
        Ears ears = new Ears();
        connect("#nowhere", "ann", ears);
        assertThat(ears.nextText()).startsWith("closed 1008 room:");
        connect("#tea", " ", ears);
        assertThat(ears.nextText()).startsWith("closed 1008 user:");
        assertThat(storage.count("users")).isZero();
    }

    @Test
    void a_text_that_is_too_long_is_refused_to_its_sender_alone() throws Exception {
        Ears ears = new Ears();
        WebSocket ann = connect("#tea", "ann", ears);
        ann.sendText("x".repeat(4_001), true).get(10, TimeUnit.SECONDS);
        assertThat(ears.next().get("error").asText()).contains("4001", "4000");
        assertThat(storage.count("messages")).isZero();
    }

    @Test
    void a_deleted_message_is_shown_no_longer_and_goes_for_good_after_the_grace() throws Exception {
        Ears ears = new Ears();
        WebSocket ann = connect("#tea", "ann", ears);
        ann.sendText("a mistake", true).get(10, TimeUnit.SECONDS);
        String path = "/api/messages/" + ears.next().get("id").asText();
        assertThat(send(HttpRequest.newBuilder(uri(path)).DELETE()).statusCode())
                .isEqualTo(204);
        assertThat(send(HttpRequest.newBuilder(uri(path)).DELETE()).statusCode())
                .isEqualTo(404);
        assertThat(json("/api/messages?room=" + encoded("#tea"))).isEmpty();

        now.set(START.plus(Duration.ofDays(7)));
        assertThat(clean().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(storage.count("messages")).isEqualTo(1);
        now.set(START.plus(Duration.ofDays(7)).plusMillis(1));
        clean();
        assertThat(storage.count("messages")).isZero();
        assertThat(json("/api/maintenance").get("runs")).hasSize(2);
    }

    private Run clean() throws Exception {
        return engine.runNow(ChatMaintenance.CLEANUP).get(30, TimeUnit.SECONDS);
    }

    @Test
    void rooms_are_opened_once_and_by_proper_names() throws Exception {
        assertThat(json("/api/rooms").findValuesAsText("id")).containsExactly("#coffee", "#tea");
        assertThat(post("/api/rooms", "{\"id\": \"#tea\", \"topic\": \"again\"}")
                        .statusCode())
                .isEqualTo(409);
        assertThat(post("/api/rooms", "{\"id\": \"tea\", \"topic\": \"no sign\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(post("/api/rooms", "{\"id\": \"#milk\"}").statusCode()).isEqualTo(400);
        assertThat(post("/api/rooms", "garbage").statusCode()).isEqualTo(400);
        assertThat(post("/api/rooms", "null").statusCode()).isEqualTo(400);
    }

    @Test
    void what_is_refused_is_quoted_as_text_and_never_as_a_page() throws Exception {
        String script = "<script>alert(1)</script>";
        for (HttpRequest.Builder request : List.of(
                HttpRequest.newBuilder(uri("/api/people?room=" + encoded(script.repeat(5)))),
                HttpRequest.newBuilder(uri("/" + encoded(script))),
                HttpRequest.newBuilder(uri("/api/rooms"))
                        .POST(HttpRequest.BodyPublishers.ofString("{\"id\": \"" + script + "\"}")))) {
            for (String accepted : List.of("text/html,*/*", "application/json", "*/*")) {
                HttpResponse<String> refusal = send(request.copy().setHeader("Accept", accepted));
                assertThat(refusal.statusCode()).isIn(400, 404);
                assertThat(refusal.body()).contains("alert");
                assertThat(refusal.headers().firstValue("Content-Type")).contains("text/plain;charset=utf-8");
                assertThat(refusal.headers().firstValue("X-Content-Type-Options"))
                        .contains("nosniff");
            }
        }
    }

    @Test
    void names_and_topics_of_control_characters_or_too_long_ones_are_refused() throws Exception {
        for (String name : List.of("a\0b", "a\nb", "a\u0085b", "x".repeat(41))) {
            Ears ears = new Ears();
            connect("#tea", name, ears);
            assertThat(ears.nextText()).startsWith("closed 1008 user:");
        }
        Ears ears = new Ears();
        connect("#te\0a", "ann", ears);
        assertThat(ears.nextText()).startsWith("closed 1008 room:");
        assertThat(storage.count("users")).isZero();
        for (String room : List.of(
                "{\"id\": \"#a\\u0000b\", \"topic\": \"\"}",
                "{\"id\": \"#a\\nb\", \"topic\": \"\"}",
                "{\"id\": \"#milk\", \"topic\": \"a\\u0000b\"}",
                "{\"id\": \"#milk\", \"topic\": \"" + "x".repeat(1_001) + "\"}",
                "{\"id\": \"#" + "x".repeat(100) + "\", \"topic\": \"\"}")) {
            assertThat(post("/api/rooms", room).statusCode()).as(room).isEqualTo(400);
        }
        assertThat(json("/api/rooms")).hasSize(2);
        assertThat(json("/api/messages?room=%23te%00a")).isEmpty();
    }

    @Test
    void a_connection_whose_query_is_no_text_is_refused_as_a_wrong_one() {
        assertThatThrownBy(() -> connect("room=%23tea&user=%ff%fe", new Ears()))
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(400));
    }

    private HttpResponse<String> upload(String query, byte[] content) throws Exception {
        return send(HttpRequest.newBuilder(uri("/api/uploads?" + query))
                .header("Content-Type", "text/html")
                .POST(HttpRequest.BodyPublishers.ofByteArray(content)));
    }

    private JsonNode uploaded(byte[] content) throws Exception {
        HttpResponse<String> answer = upload("room=%23tea&user=ann&text=look", content);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return new ObjectMapper().readTree(answer.body());
    }

    private HttpResponse<byte[]> download(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static byte[] picture(int width, int height) throws Exception {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_BYTE_BINARY), "png", png);
        return png.toByteArray();
    }

    private static String fileOf(JsonNode message) {
        return message.get("files").get(0).get("file").asText();
    }

    private static String nameOf(String path) {
        return path.substring("/files/".length());
    }

    private void sql(String statement, String argument) throws Exception {
        try (Connection connection = storage.dataSource().getConnection();
                PreparedStatement prepared = connection.prepareStatement(statement)) {
            prepared.setString(1, argument);
            prepared.executeUpdate();
        }
    }

    @Test
    void an_upload_is_a_message_with_a_file_and_a_thumbnail_that_all_in_the_room_are_told_of() throws Exception {
        Ears bobs = new Ears();
        connect("#tea", "bob", bobs).sendText("hi", true).get(10, TimeUnit.SECONDS);
        bobs.next();
        byte[] picture = picture(320, 320);

        JsonNode message = uploaded(picture);

        assertThat(bobs.next()).isEqualTo(message);
        JsonNode stored = json("/api/messages?room=" + encoded("#tea"));
        assertThat(stored.get(1)).isEqualTo(message);
        assertThat(message.get("text").asText()).isEqualTo("look");
        assertThat(fileOf(message)).matches("/files/uploads/([0-9a-f]{2})/\\1[0-9a-f-]{34}\\.png");
        assertThat(download(fileOf(message)).body()).isEqualTo(picture);
        String thumbnail = message.get("files").get(0).get("thumbnail").asText();
        assertThat(ImageIO.read(new ByteArrayInputStream(download(thumbnail).body()))
                        .getWidth())
                .isEqualTo(160);
    }

    @Test
    void what_a_file_is_its_bytes_say_and_not_its_sender() throws Exception {
        HttpResponse<byte[]> picture = download(fileOf(uploaded(picture(1, 1))));
        assertThat(picture.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(picture.headers().firstValue("Content-Disposition")).isEmpty();
        JsonNode page = uploaded("<script>alert(1)</script>".getBytes(StandardCharsets.UTF_8));
        assertThat(fileOf(page)).endsWith(".bin");
        assertThat(page.get("files").get(0).get("thumbnail").isNull()).isTrue();
        HttpResponse<byte[]> script = download(fileOf(page));
        assertThat(script.headers().firstValue("Content-Type")).contains("application/octet-stream");
        assertThat(script.headers().firstValue("Content-Disposition")).contains("attachment");
        assertThat(script.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    }

    @Test
    void a_picture_that_would_unpack_to_too_much_is_kept_without_a_thumbnail() throws Exception {
        JsonNode message = uploaded(picture(6_000, 5_000));
        assertThat(message.get("files").get(0).get("thumbnail").isNull()).isTrue();
        assertThat(files.count("")).isEqualTo(1);
    }

    @Test
    void what_is_too_large_or_nothing_or_for_no_room_is_refused_and_leaves_nothing() throws Exception {
        String query = "room=%23tea&user=ann";
        assertThat(upload(query, new byte[FileRoutes.LARGEST]).statusCode()).isEqualTo(201);
        assertThat(upload(query, new byte[FileRoutes.LARGEST + 1]).statusCode()).isEqualTo(413);
        HttpResponse<String> chunked = send(HttpRequest.newBuilder(uri("/api/uploads?" + query))
                .POST(HttpRequest.BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(new byte[FileRoutes.LARGEST + 1]))));
        assertThat(chunked.statusCode()).isEqualTo(413);
        assertThat(upload(query, new byte[0]).statusCode()).isEqualTo(400);
        assertThat(upload("room=%23nowhere&user=ann", new byte[1]).statusCode()).isEqualTo(400);
        assertThat(upload("room=%23tea", new byte[1]).statusCode()).isEqualTo(400);
        assertThat(upload(query + "&text=" + "x".repeat(4_001), new byte[1]).statusCode())
                .isEqualTo(400);
        assertThat(files.count("")).isEqualTo(1);
        assertThat(storage.count("messages")).isEqualTo(1);
    }

    @Test
    void only_files_of_messages_that_live_are_given_out() throws Exception {
        JsonNode message = uploaded(picture(2, 2));
        Files.writeString(files.root().resolve("uploads/secret"), "no row names it");
        for (String path : new String[] {
            "/files/uploads/secret",
            "/files/uploads/..%2f..%2fetc/passwd",
            "/files//etc/passwd",
            "/files/uploads/%00",
            "/files/uploads/",
            "/files/.chatty-maintenance/store-id",
            fileOf(message) + ".png"
        }) {
            assertThat(download(path).statusCode()).as(path).isBetween(400, 404);
        }
        send(HttpRequest.newBuilder(uri("/api/messages/" + message.get("id").asText()))
                .DELETE());
        assertThat(download(fileOf(message)).statusCode()).isEqualTo(404);
        assertThat(download(message.get("files").get(0).get("thumbnail").asText())
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_file_that_was_set_aside_is_given_out_when_a_row_names_it_again() throws Exception {
        byte[] picture = picture(3, 3);
        String file = fileOf(uploaded(picture));
        uploaded(picture(4, 4)); // without any row that names one, none is known to be an orphan
        sql("UPDATE attachments SET path = CONCAT('was ', path) WHERE path = ?", nameOf(file));
        now.set(Instant.now().plus(Duration.ofDays(4)));

        Run swept = engine.runNow(ChatMaintenance.SWEEP).get(30, TimeUnit.SECONDS);

        assertThat(swept.counts().get("quarantined.orphan")).isEqualTo(1);
        assertThat(swept.counts().get("quarantined.derived")).isEqualTo(1);
        assertThat(download(file).statusCode()).isEqualTo(404);
        assertThat(files.store().look(nameOf(file))).isEmpty();
        sql("UPDATE attachments SET path = SUBSTRING(path, 5) WHERE path = CONCAT('was ', ?)", nameOf(file));
        assertThat(download(file).body()).isEqualTo(picture);
        assertThat(files.store().look(nameOf(file))).isPresent();
        assertThat(download(file.replace("/uploads/", "/thumbnails/") + ".png").statusCode())
                .isEqualTo(200);
    }

    @Test
    void the_page_is_served() throws Exception {
        assertThat(get("/")).contains("<title>chat-server</title>");
    }
}
