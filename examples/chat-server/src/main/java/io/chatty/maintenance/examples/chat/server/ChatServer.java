package io.chatty.maintenance.examples.chat.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chatty.maintenance.engine.MaintenanceOperations;
import io.chatty.maintenance.examples.chat.maintenance.ChatMaintenance;
import io.chatty.maintenance.examples.chat.storage.ChatServerException;
import io.chatty.maintenance.examples.chat.storage.ChatStorage;
import io.chatty.maintenance.presence.PresenceSettings;
import io.chatty.maintenance.presence.PresenceTracker;
import io.chatty.maintenance.presence.local.LocalPresenceTracker;
import io.chatty.maintenance.run.Run;
import io.javalin.Javalin;
import io.javalin.config.RoutesConfig;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.ConflictResponse;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.staticfiles.Location;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.eclipse.jetty.ee10.websocket.server.JettyServerUpgradeRequest;
import org.eclipse.jetty.ee10.websocket.server.JettyServerUpgradeResponse;
import org.eclipse.jetty.http.HttpException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The chat over HTTP and WebSocket, for this machine alone: it asks nobody for a password.
 *
 * <ul>
 *   <li>{@code GET /api/rooms}, {@code POST /api/rooms} with {@code {"id": "#tea", "topic": "…"}}
 *   <li>{@code GET /api/users}
 *   <li>{@code GET /api/messages?room=…}: the latest; {@code DELETE /api/messages/{id}}: a soft delete
 *   <li>{@code POST /api/uploads?room=…&user=…&text=…}: the body is a file, which is posted as a message; {@code GET
 *       /files/…}: the files and thumbnails that messages name
 *   <li>{@code GET /api/maintenance}: the cleanup's next due time and its latest runs
 *   <li>{@code GET /api/people?room=…}: those of a room who are online
 *   <li>{@code /ws?room=…&user=…&tab=…}: each text sent is a message, but an empty one, which says that the user types; each message of
 *       the room comes as JSON, and so does {@linkplain Person.News who is there}. {@code tab} is what a window is known by when it
 *       comes back after its connection broke
 * </ul>
 */
public final class ChatServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ChatServer.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HOST = "127.0.0.1";
    private static final int SHOWN = 50;
    private static final int LONGEST_ROOM = 100;
    private static final int LONGEST_TOPIC = 1_000;
    private static final int QUOTED = 200;

    private final Conversations conversations;
    private final PresenceTracker presence;
    private final LiveRooms live;
    private final ScheduledExecutorService pings;
    private final FileRoutes files;
    private final MaintenanceOperations maintenance;
    private final Javalin javalin;

    private ChatServer(
            ChatStorage storage,
            Uploads uploads,
            MaintenanceOperations maintenance,
            LocalPresenceTracker.Builder presence,
            InstantSource clock) {
        this.conversations = new Conversations(storage, clock);
        RoomMembers members = new RoomMembers();
        this.presence = presence.directory(members).build();
        this.live = new LiveRooms(conversations, this.presence, members);
        this.pings = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "chat-server-pings");
            thread.setDaemon(true);
            return thread;
        });
        this.files = new FileRoutes(conversations, live, uploads);
        this.maintenance = maintenance;
        this.javalin = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.staticFiles.add("/public", Location.CLASSPATH);
            config.jetty.modifyWebSocketServletFactory(factory -> factory.addMapping("/ws", this::connection));
            routes(config.routes);
        });
    }

    /**
     * Starts it.
     *
     * @param presence describes who tells who is online; it is given the rooms, and closed with the server
     * @param port where; 0 for any that is free
     * @throws ChatServerException if the port is taken
     */
    public static ChatServer start(
            ChatStorage storage,
            Uploads uploads,
            MaintenanceOperations maintenance,
            LocalPresenceTracker.Builder presence,
            InstantSource clock,
            int port) {
        ChatServer server = new ChatServer(storage, uploads, maintenance, presence, clock);
        try {
            server.javalin.start(HOST, port);
            server.pingAgainAndAgain();
            return server;
        } catch (JavalinBindException e) {
            server.close();
            throw new ChatServerException("Port " + port + " of " + HOST + " cannot be had: " + e.getMessage(), e);
        }
    }

    /** Null if it is refused: the query is no text, which the connection could not read either. */
    private @Nullable Connection connection(JettyServerUpgradeRequest request, JettyServerUpgradeResponse response)
            throws IOException {
        try {
            request.getParameterMap();
            return new Connection(live);
        } catch (IllegalArgumentException | HttpException.RuntimeException e) {
            LOG.debug("A connection was refused", e);
            response.sendError(400, "query: given in no UTF-8, or broken off");
            return null;
        }
    }

    private void pingAgainAndAgain() {
        long every = PresenceSettings.defaults().heartbeatInterval().toMillis();
        var unused = pings.scheduleWithFixedDelay(this::ping, every, every, TimeUnit.MILLISECONDS);
    }

    /** Asks each connection for a sign of life. */
    void ping() {
        live.ping();
    }

    /** Where it is. */
    public String address() {
        return "http://" + HOST + ":" + javalin.port() + "/";
    }

    private void routes(RoutesConfig routes) {
        routes.get("/api/rooms", context -> context.json(conversations.rooms()));
        routes.post("/api/rooms", this::openRoom);
        routes.get("/api/users", context -> context.json(conversations.users()));
        routes.get("/api/messages", context -> context.json(conversations.latest(roomAskedFor(context), SHOWN)));
        routes.get("/api/people", context -> context.json(live.people(roomAskedFor(context))));
        routes.delete("/api/messages/{id}", this::deleteMessage);
        routes.post("/api/uploads", files::upload);
        routes.get("/files/<path>", files::download);
        routes.get("/api/maintenance", context -> context.json(maintenance()));
        routes.ws("/ws", none -> {}); // Javalin looks for a route; the connection itself is mapped above
        routes.exception(
                HttpResponseException.class,
                (refused, context) -> refuse(context, refused.getStatus(), String.valueOf(refused.getMessage())));
    }

    /** As text whatever the client accepts: it may quote what was given, which is no page. */
    private static void refuse(Context context, int status, String why) {
        context.status(status)
                .contentType("text/plain; charset=utf-8")
                .header("X-Content-Type-Options", "nosniff")
                .result(why);
    }

    private static String roomAskedFor(Context context) {
        return wanted(
                context.queryParam("room"),
                "room",
                room -> !room.isEmpty() && room.length() <= LONGEST_ROOM,
                "a room's id");
    }

    private static Conversations.Room roomIn(Context context) {
        try {
            Conversations.@Nullable Room given = JSON.readValue(context.body(), Conversations.Room.class);
            if (given != null) {
                return given;
            }
        } catch (JsonProcessingException e) {
            LOG.debug("No room was given", e);
        }
        throw new BadRequestResponse(
                "body: no room given; allowed is JSON such as {\"id\": \"#lobby\", \"topic\": \"\"}");
    }

    private void openRoom(Context context) throws SQLException {
        Conversations.Room given = roomIn(context);
        String id = wanted(
                given.id(),
                "id",
                room -> room.startsWith("#")
                        && room.length() > 1
                        && room.length() <= LONGEST_ROOM
                        && LiveRooms.isOneLine(room),
                "# and up to 99 characters, none that controls,");
        String topic = wanted(
                given.topic(),
                "topic",
                text -> text.length() <= LONGEST_TOPIC && LiveRooms.isOneLine(text),
                "a text of up to " + LONGEST_TOPIC + " characters, none that controls,");
        if (!conversations.open(new Conversations.Room(id, topic))) {
            throw new ConflictResponse("room: " + id + " is there already");
        }
        context.status(201);
    }

    private void deleteMessage(Context context) throws SQLException {
        String id = wanted(context.pathParam("id"), "id", text -> text.matches("[0-9]{1,18}"), "a number");
        if (!conversations.delete(Long.parseLong(id))) {
            throw new NotFoundResponse("message: there is no " + id + " that lives");
        }
        context.status(204);
    }

    private Map<String, Object> maintenance() {
        List<String> runs = maintenance.history(ChatMaintenance.CLEANUP, 10).stream()
                .map(ChatServer::line)
                .toList();
        String next = maintenance
                .status(ChatMaintenance.CLEANUP)
                .nextDue()
                .map(Object::toString)
                .orElse("never");
        return Map.of("nextDue", next, "runs", runs);
    }

    private static String line(Run run) {
        return run.createdAt() + " " + run.state() + " " + run.counts();
    }

    private static String wanted(@Nullable String given, String name, Predicate<String> allowed, String words) {
        if (given == null || !allowed.test(given)) {
            throw new BadRequestResponse(
                    name + ": " + (given == null ? "nothing" : quoted(given)) + " given, " + words + " allowed");
        }
        return given;
    }

    private static String quoted(String given) {
        return given.length() <= QUOTED
                ? "\"" + given + "\""
                : "\"" + given.substring(0, QUOTED) + "…\", of " + given.length() + " characters,";
    }

    @Override
    public void close() {
        pings.shutdownNow();
        javalin.stop();
        presence.close();
    }
}
