package io.chatty.maintenance.examples.chat.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chatty.maintenance.examples.chat.server.LiveRooms.Member;
import io.chatty.maintenance.examples.chat.storage.ChatServerException;
import io.chatty.maintenance.presence.PresenceEvent;
import io.chatty.maintenance.presence.PresenceLimitException;
import io.chatty.maintenance.presence.PresenceSession;
import io.javalin.http.BadRequestResponse;
import io.javalin.websocket.WsCloseStatus;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Flow;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A window that is connected to a room, and the presence of its user. It listens to Jetty itself, since Javalin's handlers are not
 * told of pongs, and is public for Jetty's sake.
 *
 * <p>Whatever comes is a heartbeat, a pong too; a text shows that a person is there, an empty one that they type. An end with the code
 * 1000 is a clean one; after any other the user may be back in a moment.
 */
public final class Connection implements Session.Listener.AutoDemanding {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LiveRooms rooms;
    private final PeopleFeed people = new PeopleFeed();
    private volatile @Nullable Session session;
    private volatile @Nullable Member member; // null if it was refused
    private volatile @Nullable PresenceSession presence;

    Connection(LiveRooms rooms) {
        this.rooms = rooms;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        session = opened;
        try {
            Member entering = rooms.member(asked(opened, "room"), asked(opened, "user"), "");
            presence = rooms.connect(entering, asked(opened, "tab"));
            member = entering;
            rooms.enter(entering, this, people);
            if (!opened.isOpen()) {
                leave(false); // it broke meanwhile, and its end may have come too early
            }
        } catch (BadRequestResponse refused) {
            close(WsCloseStatus.POLICY_VIOLATION, String.valueOf(refused.getMessage()));
        } catch (PresenceLimitException full) {
            LOG.warn("A connection was refused: {}", full.getMessage());
            close(WsCloseStatus.TRY_AGAIN_LATER, "user: has too many windows open");
        } catch (SQLException e) {
            throw new ChatServerException("Nobody can enter a room: " + e.getMessage(), e);
        }
    }

    private static @Nullable String asked(Session session, String name) {
        List<String> given = session.getUpgradeRequest().getParameterMap().get(name);
        return given == null || given.isEmpty() ? null : given.get(0);
    }

    @Override
    public void onWebSocketText(String text) {
        Member sender = member;
        PresenceSession known = presence;
        if (sender == null || known == null) {
            return; // refused, and about to be closed
        }
        endIfDisplaced(known.active());
        try {
            rooms.say(sender, text, this);
        } catch (SQLException e) {
            throw new ChatServerException("A message was not posted: " + e.getMessage(), e);
        }
    }

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
        PresenceSession known = presence;
        if (known != null) {
            endIfDisplaced(known.heartbeat());
        }
    }

    /** The same tab has connected anew, and this one hangs. */
    private void endIfDisplaced(boolean alive) {
        if (!alive) {
            close(WsCloseStatus.NORMAL_CLOSURE, "");
        }
    }

    @Override
    public void onWebSocketClose(int status, String reason, Callback callback) {
        leave(status == WsCloseStatus.NORMAL_CLOSURE.getCode());
        callback.succeed();
    }

    @Override
    public void onWebSocketError(Throwable failure) {
        LOG.debug("A connection broke", failure);
        leave(false);
    }

    private void leave(boolean clean) {
        Member gone = member;
        PresenceSession known = presence;
        if (gone == null || known == null) {
            return;
        }
        rooms.leave(gone, this);
        people.end();
        if (clean) {
            known.close();
        } else {
            known.lost();
        }
    }

    private void close(WsCloseStatus status, String reason) {
        Session known = session;
        if (known != null) {
            known.close(status.getCode(), reason, Callback.NOOP);
        }
    }

    void ping() {
        Session known = session;
        if (known != null && known.isOpen()) {
            known.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
        }
    }

    /** Sends that as JSON, unless it is closed. */
    void send(Object message) {
        send(message, Callback.NOOP);
    }

    private void send(Object message, Callback sent) {
        Session known = session;
        if (known == null || !known.isOpen()) {
            return;
        }
        try {
            known.sendText(JSON.writeValueAsString(message), sent);
        } catch (JsonProcessingException e) {
            throw new ChatServerException("What is to be sent is no JSON: " + e.getMessage(), e);
        }
    }

    /** Who is in the room, as it changes. It asks for the next event when one is sent, so that a slow window is told of the latest only. */
    private final class PeopleFeed implements Flow.Subscriber<PresenceEvent> {

        private volatile Flow.@Nullable Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(1);
        }

        @Override
        public void onNext(PresenceEvent event) {
            send(Person.News.of(event), Callback.from(this::askForNext, failure -> end()));
        }

        private void askForNext() {
            Flow.Subscription known = subscription;
            if (known != null) {
                known.request(1);
            }
        }

        void end() {
            Flow.Subscription known = subscription;
            if (known != null) {
                known.cancel();
            }
        }

        @Override
        public void onError(Throwable failure) {
            LOG.error("A window is not told any more who is in the room", failure);
        }

        @Override
        public void onComplete() {
            // the server ends
        }
    }
}
