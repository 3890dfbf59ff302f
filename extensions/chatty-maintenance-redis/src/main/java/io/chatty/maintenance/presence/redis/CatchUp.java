package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.redis.Link.Command;
import io.chatty.maintenance.presence.roster.Roster;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Finds what this node has missed, and reads it; and ends what is over by itself. Used by one thread at a time. */
final class CatchUp {

    private static final int READ_AT_ONCE = 8;

    private final Commands commands;
    private final Link link;
    private final Replica replica;
    private final Hearing hearing;

    CatchUp(Commands commands, Link link, Replica replica, Hearing hearing) {
        this.commands = commands;
        this.link = link;
        this.replica = replica;
        this.hearing = hearing;
    }

    /** All is to be read. */
    void doubtAll() {
        for (int i = 0; i < Roster.SHARDS; i++) {
            replica.bucket(i).doubt();
        }
    }

    /**
     * Asks how far all buckets are, and ends what is over.
     *
     * @param now by the clock of Redis, in microseconds
     */
    void poll(long now) throws RedisAway {
        List<Command<List<Object>>> polls = new ArrayList<>();
        long[] before = new long[Roster.SHARDS];
        for (int i = 0; i < Roster.SHARDS; i++) {
            before[i] = replica.bucket(i).sequence();
            polls.add(commands.poll(i, now));
        }
        List<List<Object>> answers = link.all(polls);
        List<Command<List<Object>>> over = new ArrayList<>();
        for (int i = 0; i < Roster.SHARDS; i++) {
            List<Object> answer = answers.get(i);
            Bucket bucket = replica.bucket(i);
            boolean isDoubtful = bucket.isDoubtful();
            if (bucket.isToRead(before[i], Long.parseLong((String) answer.get(0)))) {
                bucket.doubt();
                if (!isDoubtful) {
                    hearing.unheard(i); // it should have been told: perhaps nobody listens where it is told
                }
            }
            hearing.told(i, answer.get(2).equals("1"));
            for (Object user : (List<?>) answer.get(1)) {
                over.add(commands.sayNothing("", Escaped.undo((String) user), now));
            }
        }
        link.all(over);
    }

    /** Listens to what is not listened to yet. */
    void listen() throws RedisAway {
        for (int bucket : hearing.listen()) {
            replica.bucket(bucket).doubt();
        }
    }

    /**
     * Reads the buckets of which changes may have been lost.
     *
     * @return whether some are to be read once more
     */
    boolean read() throws RedisAway {
        List<Integer> doubtful = IntStream.range(0, Roster.SHARDS)
                .filter(i -> replica.bucket(i).isDoubtful())
                .boxed()
                .toList();
        boolean again = false;
        for (int from = 0; from < doubtful.size(); from += READ_AT_ONCE) {
            List<Integer> some = doubtful.subList(from, Math.min(doubtful.size(), from + READ_AT_ONCE));
            List<Command<List<Object>>> reads = some.stream()
                    .map(i -> commands.read(
                            i, replica.bucket(i).sequence(), replica.bucket(i).isSetBack()))
                    .toList();
            List<List<Object>> answers = link.all(reads);
            for (int i = 0; i < some.size(); i++) {
                List<Object> answer = answers.get(i);
                Map<String, String> texts = Link.inPairs(answer.get(1));
                String shown = texts.remove(""); // no user is called that
                Map<String, UserState> states = new HashMap<>();
                texts.forEach((user, state) -> {
                    UserState parsed = UserState.parse(state);
                    if (parsed != null) {
                        states.put(Escaped.undo(user), parsed);
                    }
                });
                again |= replica.bucket(some.get(i))
                        .load(
                                Long.parseLong((String) answer.get(0)),
                                shown == null ? 0 : Long.parseLong(shown),
                                states);
            }
        }
        return again;
    }
}
