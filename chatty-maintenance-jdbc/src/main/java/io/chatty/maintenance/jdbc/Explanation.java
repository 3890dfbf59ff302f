package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.retention.RetentionDecision;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What decides about one message, see {@link MessageCleanup#explain}.
 *
 * @param key the message's key
 * @param exists whether there is such a message; if not, nothing else is told
 * @param due for which reason it goes at the next run: {@code softDeleted}, {@code expired}, {@code orphaned}; empty if it
 *     stays
 * @param kept why it stays although it would go: {@code exempt.pinned}, {@code latest}, a legal one …; empty if nothing holds
 *     it back
 * @param decision what the policies say of its room, team and sender; empty if they could not be asked, or there is no message
 * @param goesAt when it goes, or went, by age, if nothing keeps it; empty if that is never, or not told by a time
 * @param hold the legal hold that covers it
 */
public record Explanation(
        List<String> key,
        boolean exists,
        Optional<String> due,
        Optional<String> kept,
        Optional<RetentionDecision> decision,
        Optional<Instant> goesAt,
        Optional<LegalHold> hold) {

    /** Copies the key. */
    public Explanation {
        key = List.copyOf(key);
    }

    /** For people: one sentence. */
    @Override
    public String toString() {
        String message = "message " + String.join(", ", key);
        if (!exists) {
            return message + ": there is none";
        }
        String by = decision.map(Object::toString).orElse("the policies could not be asked");
        if (due.isPresent()) {
            return message + " goes at the next run, as " + due.get() + "; " + by;
        }
        String stays = kept.map(why -> " stays: " + why)
                .orElse(goesAt.map(at -> " goes when it is older, at " + at).orElse(" stays"));
        return message + stays
                + hold.map(held -> " (hold " + held.id() + ": " + held.why() + ")")
                        .orElse("") + "; " + by;
    }
}
