package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.archive.ArchiveFolder;
import io.chatty.maintenance.jdbc.internal.archive.ArchivePlace;
import io.chatty.maintenance.jdbc.internal.archive.ArchiveRows;
import io.chatty.maintenance.jdbc.internal.archive.ArchiveWriter;
import io.chatty.maintenance.jdbc.internal.archive.FiledTables;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveHeader;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveReader;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchivedMessage;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchivedRow;
import io.chatty.maintenance.jdbc.internal.archive.file.RowHash;
import io.chatty.maintenance.jdbc.internal.database.ChangedMeanwhile;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.OwnRows;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import io.chatty.maintenance.task.TaskContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Archives what a cleanup removes in files, in two batches. The first writes what is due to a file and reads it back; it locks
 * nothing and deletes nothing. When that is committed, the second
 *
 * <ol>
 *   <li>reads the file, before it locks anything;
 *   <li>locks the messages, and their children, and reads them once more: a message goes only if it and all that goes with it are
 *       what the file holds ({@link RowHash}), and stays for another batch otherwise;
 *   <li>looks at each row again as it is about to be deleted: what is not in the file undoes the batch;
 *   <li>notes the file and the keys that went, in the same transaction.
 * </ol>
 *
 * <p>If there is no second batch, nothing names the file, and it is swept. Made for one batch; not thread-safe.
 */
final class Filing implements ArchiveWriter {

    private static final int PATIENCE = 600; // seconds, for a slow store
    private static final int USUAL = 20; // seconds, as a batch begins with

    private final ArchiveFolder folder;
    private final HostTables tables;
    private final Session session;
    private final TaskContext context;
    private final String fingerprint;
    private final boolean told;
    private final Map<List<Object>, String> unchanged = new HashMap<>();
    private final Map<String, Integer> secured = new HashMap<>();
    private Set<String> held = Set.of();
    private String file = "";
    private @Nullable FiledTables filed;
    private long changed;

    Filing(
            ArchiveFolder folder,
            HostTables tables,
            Session session,
            TaskContext context,
            String fingerprint,
            boolean told) {
        this.folder = folder;
        this.tables = tables;
        this.session = session;
        this.context = context;
        this.fingerprint = fingerprint;
        this.told = told;
    }

    /** That of a batch, if it archives in files. */
    static Optional<Filing> of(CleanupSettings settings, HostTables tables, Session session, TaskContext context) {
        return settings.archive()
                .filter(ArchivePlace.InFiles.class::isInstance)
                .map(place -> new Filing(
                        ((ArchivePlace.InFiles) place).folder(),
                        tables,
                        session,
                        context,
                        settings.fingerprint(),
                        settings.tellsMessages()));
    }

    /** Writes those messages, with all that belongs to them, to a new file. */
    String write(List<List<Object>> keys) {
        FiledTables now = FiledTables.read(tables, session);
        ArchiveHeader header = now.header(context.runId(), fingerprint, context.now());
        session.dialect().allowIdle(session, PATIENCE);
        return folder.write(
                session,
                header,
                sink -> now.<IOException>read(keys, (key, message) -> {
                    sink.message(message.row());
                    for (ArchivedRow child : message.children()) {
                        sink.child(child);
                    }
                }));
    }

    /** Reads the file that the batch before wrote; nothing is locked yet. */
    void load(String name) {
        session.dialect().allowIdle(session, PATIENCE);
        Set<String> hashes = new HashSet<>();
        ArchiveReader reader = folder.open(name);
        try (ArchiveReader.Messages messages = reader.messages()) {
            for (Optional<ArchivedMessage> next = messages.next(); next.isPresent(); next = messages.next()) {
                hashes.add(RowHash.of(next.get()));
            }
        } catch (IOException e) {
            throw folder.unreadable(name, e);
        }
        held = hashes;
        file = name;
        session.dialect().allowIdle(session, USUAL);
    }

    /** Lets those alone go, of messages that are locked, that are what the file holds. */
    Deletion.SecondLook unchanged(Deletion.SecondLook look, MessageRows reading) {
        return rows -> {
            new Removal(tables, session, reading, Removal.Aside.NOTHING).lockWhatGoesWith(rows);
            compare(rows);
            List<MessageRow> same = rows.stream()
                    .filter(row -> unchanged.containsKey(row.key()))
                    .toList();
            changed = rows.size() - (long) same.size();
            Iterator<Judge.Judgement> judged = look.judge(same).iterator();
            List<Judge.Judgement> judgements = new ArrayList<>();
            for (MessageRow row : rows) {
                judgements.add(unchanged.containsKey(row.key()) ? judged.next() : Judge.Judgement.stays("changed"));
            }
            return judgements;
        };
    }

    private void compare(List<MessageRow> rows) {
        FiledTables now = FiledTables.read(tables, session); // their columns cannot change any more
        filed = now;
        unchanged.clear();
        secured.clear();
        now.read(rows.stream().map(MessageRow::key).toList(), (key, message) -> {
            String hash = RowHash.of(message);
            if (held.contains(hash)) {
                unchanged.put(key, hash);
                message.children().forEach(child -> secured.merge(RowHash.of(child), 1, Integer::sum));
            }
        });
    }

    /** How many messages were not what the file holds, at the last look. */
    long changed() {
        return changed;
    }

    @Override
    public void messages(List<MessageRow> rows, Sql ofThem) {
        List<List<@Nullable Object>> notes = new ArrayList<>();
        for (MessageRow row : rows) {
            List<@Nullable Object> note =
                    ArchiveRows.note(tables, session, context.runId(), new ArchivePlace.InFiles(folder), told, row);
            note.add(file);
            note.add(Objects.requireNonNull(unchanged.get(row.key()), "a message that is in no file"));
            notes.add(note);
        }
        List<String> columns = new ArrayList<>(ArchiveRows.NOTED);
        columns.addAll(List.of("archive_file", "message_hash"));
        OwnRows.insert(session, ArchiveRows.ARCHIVED, columns, "archived_at", notes);
    }

    @Override
    public Optional<String> file() {
        return Optional.of(file);
    }

    @Override
    public long copy(Column ofTable, Sql condition) {
        long[] found = {0};
        Objects.requireNonNull(filed, "nothing was compared").lock(ofTable, condition, row -> {
            found[0]++;
            if (secured.merge(RowHash.of(row), -1, Integer::sum) < 0) {
                throw new ChangedMeanwhile();
            }
        });
        return found[0];
    }
}
