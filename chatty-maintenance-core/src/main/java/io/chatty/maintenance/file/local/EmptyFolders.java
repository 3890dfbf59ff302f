package io.chatty.maintenance.file.local;

import io.chatty.maintenance.file.SweepableStore.Pruned;
import io.chatty.maintenance.file.order.ByteOrder;
import io.chatty.maintenance.file.order.SortedNames;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Removes directories in which nothing is, those inside before those around them, in the order of their names. That nothing is in one
 * is for the file system to say, in the same step (R12): a writer whose directory goes meanwhile makes it again.
 *
 * <p>How old a directory is was looked at before those in it were removed, which changes it. If a stretch ends in between, the
 * directories around are too young afterwards, and go another time.
 */
final class EmptyFolders implements Closeable {

    private final FolderTree tree;
    private final Instant unchangedSince;
    private final int levelsToStay;
    private final int most;
    private final String after;
    private final Deque<Level> levels = new ArrayDeque<>();
    private long examined;
    private long removed;

    /** A directory that is looked into, and what it is in the one around it. */
    private record Level(Folder folder, String above, SortedNames folders, boolean isOld) {}

    /** @param after the name of the directory that was last looked at; empty for the beginning */
    EmptyFolders(FolderTree tree, Folder root, Instant unchangedSince, int levelsToStay, int most, String after)
            throws IOException {
        this.tree = tree;
        this.unchangedSince = unchangedSince;
        this.levelsToStay = levelsToStay;
        this.most = most;
        this.after = after;
        try {
            enter(root, "", false, tree.foldersIn(root.path()));
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    Pruned prune() throws IOException {
        while (!levels.isEmpty()) {
            Level level = levels.getFirst();
            String entry = level.folders.next();
            if (entry != null) {
                String done = look(level, entry);
                if (done != null && examined >= most) {
                    return pruned(Optional.of(done));
                }
            } else {
                leave(levels.pop());
                Level around = levels.peekFirst();
                if (around != null) {
                    String name = level.above.substring(0, level.above.length() - 1);
                    remove(around, name, level.isOld);
                    if (examined >= most) {
                        return pruned(Optional.of(name));
                    }
                }
            }
        }
        return pruned(Optional.empty());
    }

    private Pruned pruned(Optional<String> next) {
        return new Pruned(examined, removed, next);
    }

    /** Goes into a directory, or has done with it if none is in it: then its name. */
    private @Nullable String look(Level level, String entry) throws IOException {
        String part = entry.substring(0, entry.length() - 1);
        String name = level.above + part;
        if (!NewFiles.isName(name)) {
            return null;
        }
        Path path = level.folder.name(part);
        try {
            Found found = level.folder.look(path);
            if (!found.directory() || tree.isElsewhere(found)) {
                return null;
            }
            boolean isOld = found.youngest().isBefore(unchangedSince);
            int folders = tree.foldersIn(found);
            if (folders > 0) {
                enter(level.folder.child(path), level.above + entry, isOld, folders);
                return null;
            }
            remove(level, name, isOld);
            return name;
        } catch (NoSuchFileException e) {
            return null; // it went meanwhile
        } catch (FileSystemException e) {
            if (level.folder.isFolder(path)) {
                throw e;
            }
            return null; // something else has taken its place meanwhile
        }
    }

    private void remove(Level around, String name, boolean isOld) throws IOException {
        examined++;
        if (!isOld || levels.size() <= levelsToStay) {
            return;
        }
        try {
            around.folder.deleteFolder(around.folder.name(name.substring(around.above.length())));
            removed++;
        } catch (DirectoryNotEmptyException | NoSuchFileException e) {
            // it is in use, or went meanwhile
        } catch (FileSystemException e) {
            if (around.folder.isFolder(around.folder.name(name.substring(around.above.length())))) {
                throw e;
            }
        }
    }

    /** Reads which directories are in one. */
    private void enter(Folder folder, String above, boolean isOld, int folders) throws IOException {
        SortedNames names = tree.names();
        levels.push(new Level(folder, above, names, isOld));
        String behind = after.startsWith(above) ? after.substring(above.length()) : "";
        int left = folders;
        try {
            for (Path path : folder) {
                if (left <= 0) {
                    break;
                }
                Path name = path.getFileName();
                String entry = name.toString();
                boolean isOwn = above.isEmpty() && entry.equals(NewFiles.OWN);
                if (!isOwn && folder.isName(entry, path) && folder.isFolder(name)) {
                    left--;
                    if (!isDone(entry, behind)) {
                        names.add(entry + "/");
                    }
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** Whether a directory was looked at before, with all in it. */
    private static boolean isDone(String entry, String behind) {
        return !behind.isEmpty()
                && !behind.startsWith(entry + "/")
                && ByteOrder.compare(entry + "/", behind + "/") <= 0;
    }

    private static void leave(Level level) throws IOException {
        try {
            level.folders.close();
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
