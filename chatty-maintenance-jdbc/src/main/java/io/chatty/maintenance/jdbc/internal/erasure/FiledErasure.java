package io.chatty.maintenance.jdbc.internal.erasure;

import io.chatty.maintenance.jdbc.internal.archive.ArchivePlace;
import io.chatty.maintenance.jdbc.internal.archive.ArchiveRows;
import io.chatty.maintenance.jdbc.internal.archive.FiledMessages;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveReader;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchivedMessage;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchivedRow;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchivedTable;
import io.chatty.maintenance.jdbc.internal.archive.file.RowHash;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.outbox.ArchivedPaths;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Takes messages out of an archive file: what stays is written to a new file, read back, and put in the place of the old one, which
 * is deleted when that is committed. Made for one batch; not thread-safe.
 */
final class FiledErasure {

    private static final int PATIENCE = 600; // seconds, for a slow store

    private final ArchivePlace.InFiles place;
    private final Session session;

    FiledErasure(ArchivePlace.InFiles place, Session session) {
        this.place = place;
        this.session = session;
        session.dialect().allowIdle(session, PATIENCE);
    }

    /** Deletes a file that an earlier batch took the last record from. */
    void delete(String file) {
        FiledMessages.deleteIfEmpty(session, place.folder(), file);
    }

    /** Whether a file holds more messages than records name: such as were restored, or stayed in the end. */
    boolean holdsMore(String file, HostTables tables) {
        return place.folder().rows(file, tables.messageTable())
                > ArchiveRows.count(session, Sql.of("a.archive_file = ?", file));
    }

    /**
     * Takes them out, and whatever no record names; nothing is locked yet.
     *
     * @param gone records of messages in that file
     * @param locking locks out who places a hold, and throws if one was placed since it was last looked
     * @return whether all of them were still there
     */
    boolean erase(String file, List<ArchiveRows.Archived> gone, Runnable locking) {
        Set<String> stay = new HashSet<>(session.list(
                Sql.of("SELECT message_hash FROM " + ArchiveRows.ARCHIVED + " WHERE archive_file = ?", file),
                row -> Objects.requireNonNull(row.getString(1))));
        gone.forEach(record -> stay.remove(record.hash()));
        Set<ArchivedPaths.Held> held = ArchivedPaths.of(session, file);
        Optional<String> rest = stay.isEmpty() ? Optional.empty() : Optional.of(rewritten(file, stay, held));
        locking.run();
        boolean all = ArchiveRows.forget(session, gone) == gone.size();
        rest.ifPresent(name -> {
            session.change(Sql.of(
                    "UPDATE " + ArchiveRows.ARCHIVED + " SET archive_file = ? WHERE archive_file = ?", name, file));
            ArchivedPaths.move(session, file, name, held);
        });
        return all;
    }

    /** @param held what messages of the file hold; those go that are found in no message that stays, but in one that does not */
    private String rewritten(String file, Set<String> stay, Set<ArchivedPaths.Held> held) {
        ArchiveReader old = place.folder().open(file);
        Set<ArchivedPaths.Held> stays = new HashSet<>();
        Set<ArchivedPaths.Held> goes = new HashSet<>();
        String written = place.folder().write(session, old.header(), sink -> {
            try (ArchiveReader.Messages messages = old.messages()) {
                for (Optional<ArchivedMessage> next = messages.next(); next.isPresent(); next = messages.next()) {
                    ArchivedMessage message = next.get();
                    boolean left = stay.contains(RowHash.of(message));
                    addHeld(message.row(), held, left ? stays : goes);
                    message.children().forEach(child -> addHeld(child, held, left ? stays : goes));
                    if (left) {
                        sink.message(message.row());
                        for (ArchivedRow child : message.children()) {
                            sink.child(child);
                        }
                    }
                }
            } catch (IOException e) {
                throw new IOException("reading " + file + ": " + e.getMessage(), e);
            }
        });
        goes.removeAll(stays);
        held.removeAll(goes);
        return written;
    }

    private static void addHeld(ArchivedRow row, Set<ArchivedPaths.Held> held, Set<ArchivedPaths.Held> found) {
        List<ArchivedTable.Column> columns = row.table().columns();
        for (int i = 0; i < columns.size(); i++) {
            String value = row.values().get(i);
            if (value != null) {
                ArchivedPaths.Held here = new ArchivedPaths.Held(
                        ArchivedPaths.holder(row.table().name(), columns.get(i).name()), value);
                if (held.contains(here)) {
                    found.add(here);
                }
            }
        }
    }
}
