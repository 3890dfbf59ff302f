package io.chatty.maintenance.jdbc.internal.archive;

import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileStore;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveFile;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveHeader;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveManifest;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveReader;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of an archive in a store. Their names are
 * <i>folder</i>/<i>database</i>/<i>run</i>/<i>time</i>-<i>random</i>{@code .jsonl.zst}, with the id that the database was given
 * with its tables: what another database, or anyone else, keeps in the same store is never touched. Thread-safe.
 */
public final class ArchiveFolder {

    private static final int LONGEST = 200;
    private static final int PAGE = 100;
    private static final String ENDING = ".jsonl.zst";
    private static final Pattern OURS =
            Pattern.compile("[^/]+/[0-9TZ]+-[0-9a-f]{32}\\.jsonl\\.zst(\\.manifest\\.json)?");

    private final FileStore store;
    private final String folder;

    /** @throws IllegalArgumentException if the folder is no name of a file, or too long */
    public ArchiveFolder(FileStore store, String folder) {
        this.store = Objects.requireNonNull(store, "store");
        this.folder = FileNames.check(folder);
        if (folder.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "archive: folder \"" + folder + "\" given, at most " + LONGEST + " letters allowed");
        }
    }

    /** What keeps files from being written or read, as far as that can be known. */
    public List<String> problems() {
        Optional<String> missing = ArchiveFile.missing();
        if (missing.isPresent()) {
            return List.of(missing.get());
        }
        try (Stream<StoredFile> files = store.list(folder + "/")) {
            return files.limit(1)
                    .filter(file -> file.name().isEmpty())
                    .map(file -> "archive: " + store + " lists a file without a name")
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of("archive: folder \"" + folder + "\" of " + store + " cannot be read: " + e);
        }
    }

    private String own(Session session) {
        return folder + "/"
                + session.first(
                                Sql.of("SELECT database_id FROM chatty_maintenance_guard"),
                                row -> Objects.requireNonNull(row.getString(1)))
                        .orElseThrow()
                + "/";
    }

    private String newName(Session session, ArchiveHeader header) {
        String time = header.createdAt().truncatedTo(ChronoUnit.SECONDS).toString();
        return own(session) + run(header.run()) + "/" + time.replaceAll("[^0-9TZ]", "") + "-"
                + UUID.randomUUID().toString().replace("-", "") + ENDING;
    }

    private static String run(RunId run) {
        return run.value().replaceAll("[^A-Za-z0-9_-]", "_");
    }

    /**
     * Writes a file, reads it back, and compares. Nothing may be locked, for a store can be slow.
     *
     * @return its name; it is whole and to stay
     */
    public String write(Session session, ArchiveHeader header, ArchiveFile.Source source) {
        String name = newName(session, header);
        try {
            ArchiveManifest written = ArchiveFile.write(store, name, header, source);
            if (!ArchiveReader.open(store, name).manifest().equals(written)) {
                throw new MaintenanceException("archive file " + name
                        + ": it was written, and something else was read back; nothing is deleted for its sake");
            }
            return name;
        } catch (IOException e) {
            throw new MaintenanceException(
                    "archive file " + name + ": it could not be written and read back from " + store + ": " + e
                            + "; nothing is deleted for its sake",
                    e);
        }
    }

    /** Opens a file that is whole; nothing may be locked. */
    public ArchiveReader open(String name) {
        try {
            return ArchiveReader.open(store, name);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /** How many rows of a table the manifest of a file says that there are in it. */
    public long rows(String name, String table) {
        try {
            return Optional.ofNullable(
                            ArchiveReader.manifest(store, name).tables().get(table))
                    .map(ArchiveManifest.Content::rows)
                    .orElse(0L);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    public MaintenanceException unreadable(String name, IOException e) {
        return new MaintenanceException(
                "archive file " + name + ": it could not be read from " + store + ": " + e
                        + "; nothing is lost, try again",
                e);
    }

    /** Deletes a file that no record names, and its manifest. */
    void delete(String name) {
        try {
            store.delete(name); // first: a manifest alone is of no use to anyone
            store.delete(ArchiveFile.manifestName(name));
        } catch (IOException e) {
            throw new MaintenanceException(
                    "archive file " + name + ": it could not be deleted from " + store + ": " + e, e);
        }
    }

    /**
     * Deletes files of ours that no record names and that are older than a time, so many at most.
     *
     * @return how many
     */
    int sweep(Session session, Instant before, int most) {
        int swept = 0;
        String own = own(session);
        try (Stream<StoredFile> files = store.list(own)) {
            Iterator<StoredFile> ours = files.filter(file ->
                            OURS.matcher(file.name().substring(own.length())).matches())
                    .iterator();
            while (ours.hasNext() && swept < most) {
                List<StoredFile> page = new ArrayList<>();
                while (ours.hasNext() && page.size() < Math.min(PAGE, most - swept)) {
                    page.add(ours.next());
                }
                swept += sweep(session, page, before);
            }
            return swept;
        } catch (IOException | UncheckedIOException e) {
            throw new MaintenanceException(
                    "archive: folder \"" + folder + "\" of " + store + " cannot be swept: " + e, e);
        }
    }

    private int sweep(Session session, List<StoredFile> page, Instant before) throws IOException {
        List<String> names = page.stream().map(ArchiveFolder::named).distinct().toList();
        Sql known = Sql.of(
                "SELECT DISTINCT archive_file FROM " + ArchiveRows.ARCHIVED + " WHERE archive_file IN ("
                        + String.join(", ", Collections.nCopies(names.size(), "?")) + ")",
                names.toArray());
        Set<String> recorded = new HashSet<>(session.list(known, row -> Objects.requireNonNull(row.getString(1))));
        int swept = 0;
        for (StoredFile file : page) {
            if (!recorded.contains(named(file)) && isOlder(file, before) && store.delete(file.name())) {
                swept++;
            }
        }
        return swept;
    }

    /** The file itself, or that of which it is the manifest. */
    private static String named(StoredFile file) {
        return file.name().substring(0, file.name().lastIndexOf(ENDING) + ENDING.length());
    }

    private static boolean isOlder(StoredFile file, Instant before) throws IOException {
        try {
            return file.state().changedAt().isBefore(before);
        } catch (NoSuchFileException e) {
            return false; // somebody was faster
        }
    }

    @Override
    public String toString() {
        return folder;
    }
}
