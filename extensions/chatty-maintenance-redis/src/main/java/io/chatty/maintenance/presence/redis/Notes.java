package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.ChosenStatus;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The users of a bucket of whom this node has something to say that others do not know: it waits to be sent, is under way, or is in Redis but
 * not yet in what this node knows of it. Noted is only of whom; what is said is what holds when it is sent, so that the last one wins
 * and there are never more notes than users. Thread-safe.
 */
final class Notes {

    private static final long UNDER_WAY = Long.MAX_VALUE;

    private final Map<String, Note> waiting = new LinkedHashMap<>();
    private final Map<String, Note> sent = new HashMap<>();
    private final Queue<Note> done = new ArrayDeque<>(); // in the order of their sequences
    private long reached;

    /** What a user chose, and when, in microseconds by this node's clock; null for nothing. */
    record Said(long at, @Nullable ChosenStatus chosen) {}

    /** A user of whom something is to be said. */
    static final class Note {

        final String user;
        private @Nullable Said said;
        private long sequence = UNDER_WAY;

        private Note(String user) {
            this.user = user;
        }

        /** What they chose, if there is news of that. */
        @Nullable Said said() {
            return said;
        }
    }

    synchronized void touched(String user) {
        waiting.computeIfAbsent(user, Note::new);
    }

    synchronized void chose(String user, Said said) {
        waiting.computeIfAbsent(user, Note::new).said = said;
    }

    /** Of whom something waits that is not a choice. */
    synchronized List<String> touched() {
        return waiting.values().stream()
                .filter(note -> note.said == null)
                .map(note -> note.user)
                .toList();
    }

    /** Nothing is to be said of the user, but for a choice. @return whether nothing waits */
    synchronized boolean drop(String user) {
        return waiting.computeIfPresent(user, (none, note) -> note.said == null ? null : note) == null;
    }

    /** Takes some of what waits. It is under way then. */
    synchronized void take(int most, Collection<Note> into) {
        Iterator<Note> each = waiting.values().iterator();
        for (int i = 0; i < most && each.hasNext(); i++) {
            Note note = each.next();
            each.remove();
            sent.put(note.user, note);
            into.add(note);
        }
    }

    /** It is in Redis since that sequence. */
    synchronized void done(Note note, long sequence) {
        note.sequence = sequence;
        done.add(note);
        forget();
    }

    /** It may not be in Redis: it waits again, but for what is newer. */
    synchronized void giveBack(Note note) {
        sent.remove(note.user, note);
        Note newer = waiting.get(note.user);
        if (newer == null) {
            waiting.put(note.user, note);
        } else if (newer.said == null) {
            newer.said = note.said;
        }
    }

    /** This node knows what is in Redis up to that sequence. */
    synchronized void reached(long sequence) {
        reached = sequence;
        forget();
    }

    private void forget() {
        while (!done.isEmpty() && done.element().sequence <= reached) {
            Note note = done.remove();
            sent.remove(note.user, note);
        }
    }

    /** Whether this node knows better what it has of the user. */
    synchronized boolean isNoted(String user) {
        return waiting.containsKey(user) || sent.containsKey(user);
    }

    /** What the user chose, if that is not known to others yet. */
    synchronized @Nullable Said said(String user) {
        Note note = waiting.get(user);
        if (note != null && note.said != null) {
            return note.said;
        }
        note = sent.get(user);
        return note == null ? null : note.said;
    }

    synchronized int waiting() {
        return waiting.size();
    }
}
