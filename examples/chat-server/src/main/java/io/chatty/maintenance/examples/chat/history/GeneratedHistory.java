package io.chatty.maintenance.examples.chat.history;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A made-up history of three years in 40 rooms with 500 users: the same each time. Some of it is out of order as it is in
 * chats that have grown: rooms and users that are gone, and rows of messages that are.
 */
public final class GeneratedHistory implements History {

    private static final long SEED = 20_261_124;
    private static final Instant START = Instant.parse("2023-01-01T00:00:00Z");
    private static final Duration SPAN = Duration.ofDays(3 * 365);
    private static final int USERS = 500;
    private static final int GONE_USERS = 10;
    private static final int CHILDREN_WITHOUT_MESSAGE_EVERY = 1_000;
    private static final int PICTURE_EVERY = 4;
    private static final int LOST_FILE_EVERY = 400;

    private static final List<String> ROOMS = Stream.concat(
                    Stream.of("#general", "#random", "#legal", "#support-billing", "#support-login", "#support-mobile"),
                    IntStream.rangeClosed(1, 34).mapToObj(team -> String.format(Locale.ROOT, "#team-%02d", team)))
            .toList();
    private static final List<String> GONE_ROOMS = List.of("#team-dissolved", "#party-2023");
    private static final List<String> WORDS = List.of(
            "the build is green again",
            "who has the keys to the lab?",
            "lunch at noon",
            "I have pushed a fix",
            "can you have a look?",
            "works for me",
            "the customer is happy",
            "meeting moved to three",
            "thanks!",
            "see the minutes",
            "that was quick",
            "no, the other branch");
    private static final List<String> EMOJI = List.of("+1", "heart", "eyes", "tada");

    private final int messages;
    private final Random random = new Random(SEED);

    /** With that many messages. */
    public GeneratedHistory(int messages) {
        this.messages = messages;
    }

    @Override
    public String title() {
        return String.format(Locale.ROOT, "a made-up history of three years with %,d messages", messages);
    }

    @Override
    public void writeTo(HistoryWriter writer) throws IOException, SQLException {
        for (String room : ROOMS) {
            writer.room(room, "All about " + room.substring(1).replace('-', ' '));
        }
        for (int user = 1; user <= USERS; user++) {
            writer.user(userName(user));
        }
        for (int i = 0; i < GONE_USERS; i++) {
            writer.goneUser();
        }
        random.setSeed(SEED);
        long step = SPAN.toMillis() / messages;
        for (int i = 1; i <= messages; i++) {
            Instant sentAt = START.plusMillis(step * (i - 1L) + random.nextInt((int) step));
            writer.message(message(sentAt));
            if (i % CHILDREN_WITHOUT_MESSAGE_EVERY == 0) {
                writer.childrenWithoutMessage(new NewMessage(
                        "",
                        0,
                        sentAt,
                        "see https://files.example/gone/" + i,
                        false,
                        List.of((long) user()),
                        List.of(new NewMessage.Reaction(user(), "+1"))));
            }
        }
    }

    @Override
    public int lostFileEvery() {
        return LOST_FILE_EVERY;
    }

    private NewMessage message(Instant sentAt) {
        StringBuilder text = new StringBuilder(WORDS.get(random.nextInt(WORDS.size())));
        List<Long> mentions = new ArrayList<>();
        if (chance(15)) {
            int mentioned = user();
            mentions.add((long) mentioned);
            text.insert(0, userName(mentioned) + ": ");
        }
        if (chance(8)) {
            int file = random.nextInt();
            text.append(" https://files.example/")
                    .append(Integer.toHexString(file))
                    .append(file % PICTURE_EVERY == 0 ? ".png" : "");
        }
        return new NewMessage(room(), sender(), sentAt, text.toString(), chance(1), mentions, reactions());
    }

    private String room() {
        if (random.nextInt(1_000) < 4) {
            return GONE_ROOMS.get(random.nextInt(GONE_ROOMS.size()));
        }
        // Two rooms have the most of it.
        return ROOMS.get(random.nextInt(chance(40) ? 2 : ROOMS.size()));
    }

    private long sender() {
        return random.nextInt(1_000) < 4 ? USERS + 1L + random.nextInt(GONE_USERS) : user();
    }

    private int user() {
        return 1 + random.nextInt(USERS);
    }

    private List<NewMessage.Reaction> reactions() {
        int count = chance(20) ? 1 + random.nextInt(3) : 0;
        int first = random.nextInt(USERS - count);
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> new NewMessage.Reaction(first + i, EMOJI.get(random.nextInt(EMOJI.size()))))
                .toList();
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private static String userName(int user) {
        return String.format(Locale.ROOT, "user-%03d", user);
    }
}
