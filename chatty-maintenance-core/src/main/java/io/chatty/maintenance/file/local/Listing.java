package io.chatty.maintenance.file.local;

import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.order.ByteOrder;
import io.chatty.maintenance.file.order.SortedNames;
import io.chatty.maintenance.task.Counts;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files below a directory in the order of the bytes of their names in UTF-8, one directory after the other. It holds open those
 * on the way down to where it is, each with the names in it that are still to come.
 *
 * <p>Whole names are in order if each directory is sorted with a slash after the names of directories: {@code a.txt} comes
 * before {@code a/b}, since a dot comes before a slash.
 *
 * <p>To look at each file costs more than all the rest, and Java does not tell files from directories without. On some file systems a
 * directory has two names and one more for each directory in it: when as many were found, the rest are taken for files
 * unseen. What is none after all shows when its state is asked for.
 */
final class Listing implements FileListing {

    private final LocalFileStore store;
    private final FolderTree tree;
    private final String after;
    private final Deque<Level> levels = new ArrayDeque<>();
    private final Map<String, Long> skipped = new HashMap<>();

    private record Level(Folder folder, String above, SortedNames names) {}

    /**
     * A listing of what is in a directory.
     *
     * @param top the directory, which the listing closes
     * @param above its name and a slash; nothing for the root
     * @param beginning how the names in it begin that are wanted
     * @param after behind which whole name to begin; empty for the first
     */
    Listing(LocalFileStore store, FolderTree tree, Folder top, String above, String beginning, String after)
            throws IOException {
        this.store = store;
        this.tree = tree;
        this.after = after;
        try {
            enter(top, above, beginning, tree.foldersIn(top.path()));
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** A listing of a directory that is not there. */
    static FileListing none() {
        return new FileListing() {
            @Override
            public Optional<StoredFile> next() {
                return Optional.empty();
            }

            @Override
            public Counts skipped() {
                return Counts.none();
            }

            @Override
            public void close() {}
        };
    }

    /** Counts what is no file. */
    void skip(Found found) {
        if (!found.directory()) { // that of a file was listed as one unseen
            skip(found.link() ? "skipped.link" : "skipped.special");
        }
    }

    /** Also from the threads that ask for the state of a file. */
    private synchronized void skip(String why) {
        skipped.merge(why, 1L, Long::sum);
    }

    @Override
    public synchronized Counts skipped() {
        return Counts.of(skipped);
    }

    @Override
    public Optional<StoredFile> next() throws IOException {
        return Optional.ofNullable(nextName()).map(name -> new Listed(store, this, name));
    }

    /** The name of the next file; null at the end. */
    @Nullable String nextName() throws IOException {
        while (!levels.isEmpty()) {
            Level level = levels.getFirst();
            String entry = level.names.next();
            if (entry == null) {
                leave(levels.pop());
                continue;
            }
            boolean isFolder = entry.endsWith("/");
            String name = level.above + (isFolder ? entry.substring(0, entry.length() - 1) : entry);
            if (!NewFiles.isName(name)) {
                skip("skipped.name");
            } else if (isFolder) {
                descend(level, entry);
            } else {
                return name;
            }
        }
        return null;
    }

    private void descend(Level level, String entry) throws IOException {
        Path name = level.folder.name(entry.substring(0, entry.length() - 1));
        Folder child = null;
        int folders;
        try {
            Found found = level.folder.look(name);
            if (tree.isElsewhere(found)) {
                skip("skipped.mount");
                return;
            }
            folders = tree.foldersIn(found);
            child = level.folder.child(name);
        } catch (NoSuchFileException e) {
            return; // it went meanwhile
        } catch (FileSystemException e) {
            if (!level.folder.isFolder(name)) {
                return; // something else has taken its place meanwhile
            }
            throw e;
        }
        enter(child, level.above + entry, "", folders);
    }

    /** Reads the names in a directory, of which so many may be directories. */
    private void enter(Folder folder, String above, String beginning, int folders) throws IOException {
        SortedNames names = tree.names();
        levels.push(new Level(folder, above, names));
        String behind = behind(above);
        if (behind == null) {
            return;
        }
        int left = folders;
        try {
            for (Path path : folder) {
                String entry = lastPart(path);
                if (isCandidate(above, entry) && entry.startsWith(beginning) && !isPassed(entry, behind)) {
                    if (!folder.isName(entry, path)) {
                        skip("skipped.name");
                    } else if (left <= 0) {
                        addFile(entry, behind, names);
                    } else if (look(folder, path.getFileName(), entry, behind, names)) {
                        left--;
                    }
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** The text of a path's last part; taken out of the text of the whole, for which no other path is made. */
    private String lastPart(Path path) {
        if (!tree.unix()) {
            return path.getFileName().toString();
        }
        String whole = path.toString();
        return whole.substring(whole.lastIndexOf('/') + 1);
    }

    private static boolean isCandidate(String above, String entry) {
        return !above.isEmpty() || !entry.equals(NewFiles.OWN);
    }

    /** Behind which name in a directory to begin; null if all in it was passed. */
    private @Nullable String behind(String above) {
        if (after.startsWith(above)) {
            return after.substring(above.length());
        }
        return after.isEmpty() || ByteOrder.compare(above, after) > 0 ? "" : null;
    }

    /** Whether an entry comes before what was passed, be it a file or a directory. */
    private static boolean isPassed(String entry, String behind) {
        if (behind.isEmpty()) {
            return false;
        }
        String folder = entry + "/";
        return ByteOrder.compare(folder, behind) < 0 && !behind.startsWith(folder);
    }

    private static void addFile(String entry, String behind, SortedNames names) throws IOException {
        if (behind.isEmpty() || ByteOrder.compare(entry, behind) > 0) {
            names.add(entry);
        }
    }

    /** Whether it is a directory. */
    private boolean look(Folder folder, Path name, String entry, String behind, SortedNames names) throws IOException {
        BasicFileAttributes found;
        try {
            found = folder.attributes(name);
        } catch (NoSuchFileException e) {
            return false; // it went meanwhile
        }
        if (found.isRegularFile()) {
            addFile(entry, behind, names);
        } else if (found.isDirectory()) {
            names.add(entry + "/");
        } else {
            skip(found.isSymbolicLink() ? "skipped.link" : "skipped.special");
        }
        return found.isDirectory();
    }

    private static void leave(Level level) throws IOException {
        try {
            level.names.close();
        } finally {
            level.folder.close();
        }
    }

    @Override
    public void close() throws IOException {
        while (!levels.isEmpty()) {
            leave(levels.pop());
        }
    }
}
