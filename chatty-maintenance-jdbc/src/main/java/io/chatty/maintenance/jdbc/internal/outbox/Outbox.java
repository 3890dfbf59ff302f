package io.chatty.maintenance.jdbc.internal.outbox;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.OwnRows;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.KeyText;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.task.RunId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Notes what has gone, in the transaction in which it goes: the paths of files whose last reference went, for the file sweep,
 * and, if asked, the keys of messages, for a listener of the host's. Not thread-safe.
 */
public final class Outbox {

    public static final String FILES = "chatty_maintenance_gone_file";
    static final String MESSAGES = "chatty_maintenance_gone_message";

    private final HostTables tables;
    private final Session session;
    private final RunId run;
    private final boolean tellsMessages;
    private final Map<Column, Set<String>> paths = new LinkedHashMap<>();

    public Outbox(HostTables tables, Session session, RunId run, boolean tellsMessages) {
        this.tables = tables;
        this.session = session;
        this.run = run;
        this.tellsMessages = tellsMessages;
    }

    /** Messages are about to go, which hold those paths. */
    public void messages(List<MessageRow> rows, Map<Column, Set<String>> held) {
        paths.putAll(held);
        if (!tellsMessages) {
            return;
        }
        tell(
                tables,
                session,
                run,
                rows.stream()
                        .map(row -> new Gone(KeyText.of(row.key()), row.scopes().room()))
                        .toList());
    }

    /**
     * A message of which a listener is to be told.
     *
     * @param key its key, as text
     * @param room the room it was in
     */
    public record Gone(String key, @Nullable String room) {}

    /** Notes the keys of messages, for a listener. */
    public static void tell(HostTables tables, Session session, RunId run, List<Gone> messages) {
        List<List<@Nullable Object>> notes = new ArrayList<>();
        for (Gone message : messages) {
            List<@Nullable Object> note = new ArrayList<>();
            note.add(tables.messageTable());
            note.add(message.key());
            note.add(message.room());
            note.add(run.value());
            notes.add(note);
        }
        OwnRows.insert(session, MESSAGES, List.of("message_table", "message_key", "room", "run_id"), "gone_at", notes);
    }

    /** Rows that fulfil a condition are about to go, which hold paths in those columns. */
    public void add(List<Column> columns, Sql condition) {
        Sql select = Sql.of("SELECT " + tables.columns("m", columns) + " FROM " + tables.table(columns.get(0))
                        + " m WHERE ")
                .add(condition);
        session.list(select, row -> {
            for (int i = 0; i < columns.size(); i++) {
                String path = columns.get(i).text(row, i + 1);
                if (path != null && !path.isEmpty()) {
                    paths.computeIfAbsent(columns.get(i), column -> new LinkedHashSet<>())
                            .add(path);
                }
            }
            return true;
        });
    }

    /** All has gone to an archive file: notes what it holds, then as {@link #files()}. */
    public void files(String archiveFile) {
        ArchivedPaths.note(session, archiveFile, paths);
        files();
    }

    /** All is gone: notes the files that no column that could hold them has any more. */
    public void files() {
        Set<String> gone = new LinkedHashSet<>();
        paths.values().forEach(gone::addAll);
        if (gone.isEmpty()) {
            return;
        }
        for (Column column : holders()) {
            String expression = tables.column("m", column);
            Sql held = Sql.of("SELECT DISTINCT " + expression + " FROM " + tables.table(column) + " m WHERE ")
                    .add(session.dialect().isOneOf(expression, column, List.copyOf(gone)));
            session.list(held, row -> Objects.requireNonNullElse(column.text(row, 1), ""))
                    .forEach(gone::remove);
            if (gone.isEmpty()) {
                return;
            }
        }
        List<List<@Nullable Object>> notes = new ArrayList<>();
        gone.forEach(path -> notes.add(List.of(path, run.value())));
        OwnRows.insert(session, FILES, List.of("path", "run_id"), "gone_at", notes);
    }

    private List<Column> holders() {
        List<Column> holders = new ArrayList<>(tables.files);
        tables.children.forEach(child -> holders.addAll(child.files()));
        tables.shared.forEach(shared -> holders.addAll(shared.files()));
        return holders;
    }

    /** Whether the tables hold paths of files at all. */
    public static boolean hasFiles(HostTables tables) {
        return !tables.files.isEmpty()
                || tables.children.stream().anyMatch(child -> !child.files().isEmpty())
                || tables.shared.stream().anyMatch(shared -> !shared.files().isEmpty());
    }
}
