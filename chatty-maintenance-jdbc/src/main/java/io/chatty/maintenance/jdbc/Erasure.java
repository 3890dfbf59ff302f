package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.jdbc.internal.archive.ArchivePlace;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.erasure.ErasureRows;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.TaskContext;
import java.util.Arrays;
import java.util.List;

/**
 * Removes all messages of a user or of a room that was asked to be erased, whatever the policies say, with all that belongs to
 * them, and takes them out of archives. Of a user it removes, too, what {@link ChatDatabase#lastSeen()} keeps in the library's own
 * table; the host's rows, such as its users with a column of when they were last seen, are the host's. A task called {@code erasure}; made by {@link ChatDatabase#erasure}. Thread-safe.
 *
 * <p>What is asked is stored, so that it is done by an ordinary run, after a restart or by another node, too. What a legal hold
 * covers stays, and so does what the schema says is {@linkplain MessageTable.Builder#never never} deleted; the request stays
 * open then, and each run tries again. When a user was last seen is covered by a hold on that user, whatever room or time it
 * names, or on everything.
 *
 * <p>A preview counts {@code due.erased}, {@code due.erased.archived} and {@code due.erased.lastSeen}, a run {@code deleted.erased},
 * {@code deleted.erased.archived}, {@code deleted.erased.lastSeen}, {@code deleted.children.}<i>table</i> and
 * {@code skipped.held}.
 *
 * <p>A user who has a session, or had one until a moment ago, is written again by the tracker's next {@code last-seen-<node>}: end the
 * user's sessions, and wait for that task, before asking.
 */
public final class Erasure extends OwnTask {

    private final Database database;
    private final ChatSchema schema;
    private final List<ArchivePlace> archives;
    private final ErasureRows rows;

    private Erasure(Database database, ChatSchema schema, List<ArchivePlace> archives, boolean tellsMessages) {
        super(database);
        this.database = database;
        this.schema = schema;
        this.archives = archives;
        this.rows = new ErasureRows(database, schema, archives, tellsMessages);
    }

    static Erasure of(Database database, ChatSchema schema, Archive... archives) {
        return new Erasure(
                database, schema, Arrays.stream(archives).map(Archive::place).toList(), false);
    }

    /**
     * The same erasure, which keeps the keys of messages that it removes until a listener was told of them, see
     * {@link ChatDatabase#removalDelivery}: to be used where {@linkplain MessageCleanup.Builder#tellDeleted cleanups do so}, or
     * what is erased stays in the host's search index. Of what leaves an archive it is told unless it was as that went there.
     */
    public Erasure tellDeleted() {
        return new Erasure(database, schema, archives, true);
    }

    /**
     * Asks for a user's or a room's messages to be erased by the next run of this task.
     *
     * @param scope a user, or a room
     * @param by who asks
     * @param why the reason
     * @throws IllegalArgumentException if the scope is neither, messages have no such column, or by or why is blank
     */
    public ErasureRequest ask(RetentionScope scope, String by, String why) {
        if (by.isBlank() || why.isBlank()) {
            throw new IllegalArgumentException("erasure of " + scope + ": by \"" + by + "\" and why \"" + why
                    + "\" given, both must say something");
        }
        return rows.ask(scope, by, why);
    }

    /** What was asked and is not wholly erased, the oldest first. */
    public List<ErasureRequest> pending() {
        return rows.pending();
    }

    @Override
    public String name() {
        return "erasure";
    }

    @Override
    public List<String> problems() {
        return rows.problems();
    }

    @Override
    public BatchResult runBatch(TaskContext context) throws Exception {
        return rows.runBatch(context);
    }

    @Override
    public BatchResult previewBatch(TaskContext context) throws Exception {
        return rows.previewBatch(context);
    }
}
