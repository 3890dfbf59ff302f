package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.redis.Link.Command;
import io.chatty.maintenance.presence.redis.Notes.Note;
import io.chatty.maintenance.presence.roster.Roster;
import java.util.ArrayList;
import java.util.List;

/** Says in Redis what this node has of the users that are noted. Used by one thread at a time. */
final class Saying {

    private static final int AT_ONCE = 500;

    /** So many batches are said, then something else has its turn. */
    private static final int BATCHES = 20;

    private final Commands commands;
    private final Link link;
    private final Replica replica;
    private final Roster roster;

    Saying(Commands commands, Link link, Replica replica, Roster roster) {
        this.commands = commands;
        this.link = link;
        this.replica = replica;
        this.roster = roster;
    }

    /**
     * Says what waits to be said, or some of it. Where Redis does not answer, it waits again.
     *
     * @param node what this node is called
     * @param ahead how far the clock of Redis is ahead of the node's, in microseconds
     * @return whether more waits
     */
    boolean say(String node, long ahead) throws RedisAway {
        List<Note> taken = new ArrayList<>();
        int batches = 0;
        while (link.isOpen()) {
            if (batches++ == BATCHES) {
                return true;
            }
            for (int i = 0; i < Roster.SHARDS && taken.size() < AT_ONCE; i++) {
                replica.bucket(i).notes.take(AT_ONCE - taken.size(), taken);
            }
            if (taken.isEmpty()) {
                return false;
            }
            try {
                say(node, ahead, taken);
            } catch (RedisAway e) {
                taken.forEach(
                        note -> replica.bucket(Roster.shardOf(note.user)).notes.giveBack(note));
                throw e;
            }
            taken.clear();
        }
        return false;
    }

    private void say(String node, long ahead, List<Note> taken) throws RedisAway {
        List<Command<List<Object>>> says = new ArrayList<>();
        for (Note note : taken) {
            says.add(commands.say(node, note.user, roster.sessionsOf(note.user), note.said(), ahead));
        }
        List<List<Object>> answers = link.all(says);
        replica.hear();
        for (int i = 0; i < taken.size(); i++) {
            Note note = taken.get(i);
            List<Object> answer = answers.get(i);
            Bucket bucket = replica.bucket(Roster.shardOf(note.user));
            String change = (String) answer.get(1);
            if (!change.isEmpty()) {
                bucket.did(Change.parse(change));
            }
            bucket.notes.done(note, Long.parseLong((String) answer.get(0)));
            for (Object lost : (List<?>) answer.get(2)) {
                String[] parts = ((String) lost).split("\\|", -1);
                roster.displace(note.user, Escaped.undo(parts[0]), Long.parseLong(parts[1]));
            }
        }
    }
}
