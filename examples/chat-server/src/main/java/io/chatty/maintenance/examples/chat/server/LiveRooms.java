package io.chatty.maintenance.examples.chat.server;

import io.javalin.websocket.WsCloseStatus;
import io.javalin.websocket.WsConfig;
import io.javalin.websocket.WsConnectContext;
import io.javalin.websocket.WsContext;
import io.javalin.websocket.WsMessageContext;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who is connected to which room, and what they tell one another. */
final class LiveRooms {

    private static final int LONGEST_NAME = 40;
    private static final int LONGEST_TEXT = 4_000;
    private static final String MEMBER = "member";

    private final Conversations conversations;
    private final Map<String, Set<WsContext>> connected = new ConcurrentHashMap<>();

    LiveRooms(Conversations conversations) {
        this.conversations = conversations;
    }

    private record Member(String room, Conversations.User user) {}

    /** What a connection hears when its own text was refused. */
    record Refusal(String error) {}

    void serve(WsConfig socket) {
        socket.onConnect(this::connect);
        socket.onMessage(this::receive);
        socket.onClose(this::leave);
        socket.onError(this::leave);
    }

    private void connect(WsConnectContext context) throws SQLException {
        String room = context.queryParam("room");
        String name = context.queryParam("user");
        if (room == null || conversations.room(room).isEmpty()) {
            refuse(context, "room: there is none of that id");
        } else if (name == null || name.isBlank() || name.length() > LONGEST_NAME) {
            refuse(context, "user: a name of 1 to " + LONGEST_NAME + " characters is needed");
        } else {
            context.attribute(MEMBER, new Member(room, conversations.enter(name)));
            context.enableAutomaticPings();
            connected
                    .computeIfAbsent(room, key -> ConcurrentHashMap.newKeySet())
                    .add(context);
        }
    }

    private static void refuse(WsContext context, String reason) {
        context.closeSession(WsCloseStatus.POLICY_VIOLATION, reason);
    }

    private void receive(WsMessageContext context) throws SQLException {
        @Nullable Member member = context.attribute(MEMBER);
        String text = context.message();
        if (member == null) {
            return; // refused, and about to be closed
        }
        if (text.length() > LONGEST_TEXT) {
            context.send(
                    new Refusal("text: " + text.length() + " characters given, at most " + LONGEST_TEXT + " allowed"));
            return;
        }
        Conversations.Message stored = conversations.post(member.room(), member.user(), text);
        for (WsContext other : connected.getOrDefault(member.room(), Set.of())) {
            if (other.session.isOpen()) {
                other.send(stored);
            }
        }
    }

    private void leave(WsContext context) {
        @Nullable Member member = context.attribute(MEMBER);
        if (member != null) {
            connected.getOrDefault(member.room(), Set.of()).remove(context);
        }
    }
}
