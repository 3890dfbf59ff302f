package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.retention.LegalHold;
import java.util.List;

/**
 * The legal holds in the host's database. What a hold covers is deleted by no task of this library, whatever the reason,
 * until the hold is released. Thread-safe.
 */
public final class LegalHolds {

    private final ChatSchema schema;
    private final HoldRows rows;

    LegalHolds(ChatSchema schema, HoldRows rows) {
        this.schema = schema;
        this.rows = rows;
    }

    /**
     * Places a hold. It is in force for every batch that begins from now on; batches that are in flight are waited for, so that
     * when this returns no message that it covers goes any more.
     *
     * @return the hold as it stands; when the very same stands already, that
     * @throws IllegalArgumentException if the hold names a room or a user, and the schema does not say which messages have
     * @throws io.chatty.maintenance.task.MaintenanceException if another hold has that id, or had it before; or if a batch that
     *     was in flight did not end within half a minute: the hold stands then, and that batch may still take messages
     */
    public LegalHold place(LegalHold hold) {
        if (hold.room().isPresent() && schema.messages().room().isEmpty()) {
            throw new IllegalArgumentException("hold " + hold.id() + ": room \""
                    + hold.room().get() + "\" given, but messages have no room(column)");
        }
        if (hold.user().isPresent() && schema.messages().sender().isEmpty()) {
            throw new IllegalArgumentException("hold " + hold.id() + ": user \""
                    + hold.user().get() + "\" given, but messages have no sender(column)");
        }
        return rows.place(hold);
    }

    /**
     * Releases a hold. It stays on record with who released it, and when.
     *
     * @param by who releases it
     * @return false if no such hold stands
     * @throws IllegalArgumentException if it is not said who
     */
    public boolean release(String id, String by) {
        if (by.isBlank()) {
            throw new IllegalArgumentException("hold " + id + ": by is blank; say who releases it");
        }
        return rows.release(id, by);
    }

    /** The holds that stand, the oldest first. */
    public List<LegalHold> standing() {
        return rows.standing();
    }
}
