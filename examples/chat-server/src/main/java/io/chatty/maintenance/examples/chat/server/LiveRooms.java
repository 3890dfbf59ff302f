package io.chatty.maintenance.examples.chat.server;

import io.javalin.http.BadRequestResponse;
import io.javalin.websocket.WsCloseStatus;
import io.javalin.websocket.WsConfig;
import io.javalin.websocket.WsConnectContext;
import io.javalin.websocket.WsContext;
import io.javalin.websocket.WsMessageContext;
import java.sql.SQLException;
import java.util.List;
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

    /** Somebody in a room. */
    record Member(String room, Conversations.User user) {}

    /** What a connection hears when its own text was refused. */
    record Refusal(String error) {}

    void serve(WsConfig socket) {
        socket.onConnect(this::connect);
        socket.onMessage(this::receive);
        socket.onClose(this::leave);
        socket.onError(this::leave);
    }

    private void connect(WsConnectContext context) throws SQLException {
        try {
            Member member = member(context.queryParam("room"), context.queryParam("user"), "");
            context.attribute(MEMBER, member);
            context.enableAutomaticPings();
            connected
                    .computeIfAbsent(member.room(), key -> ConcurrentHashMap.newKeySet())
                    .add(context);
        } catch (BadRequestResponse refused) {
            context.closeSession(WsCloseStatus.POLICY_VIOLATION, refused.getMessage());
        }
    }

    /**
     * Who is about to say that in that room, and may be new.
     *
     * @throws BadRequestResponse if that cannot be
     */
    Member member(@Nullable String room, @Nullable String name, String text) throws SQLException {
        if (room == null || conversations.room(room).isEmpty()) {
            throw new BadRequestResponse("room: there is none of that id");
        }
        if (name == null || name.isBlank() || name.length() > LONGEST_NAME) {
            throw new BadRequestResponse("user: a name of 1 to " + LONGEST_NAME + " characters is needed");
        }
        if (text.length() > LONGEST_TEXT) {
            throw new BadRequestResponse(tooLong(text));
        }
        return new Member(room, conversations.enter(name));
    }

    private static String tooLong(String text) {
        return "text: " + text.length() + " characters given, at most " + LONGEST_TEXT + " allowed";
    }

    private void receive(WsMessageContext context) throws SQLException {
        @Nullable Member member = context.attribute(MEMBER);
        String text = context.message();
        if (member == null) {
            return; // refused, and about to be closed
        }
        if (text.length() > LONGEST_TEXT) {
            context.send(new Refusal(tooLong(text)));
            return;
        }
        tell(conversations.post(member.room(), member.user(), text, List.of()));
    }

    /** Tells all who are in the room of a message. */
    void tell(Conversations.Message message) {
        for (WsContext other : connected.getOrDefault(message.room(), Set.of())) {
            if (other.session.isOpen()) {
                other.send(message);
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
