package io.chatty.maintenance.file.local;

import io.chatty.maintenance.file.FileNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The names of the files below a directory, one directory after the other. It holds open those on the way down to where it is,
 * and no list of names.
 */
final class Listing implements Iterator<String> {

    private final String prefix;
    private final Deque<Level> levels = new ArrayDeque<>();
    private @Nullable String next;

    private record Level(Folder folder, String above, Iterator<Path> entries) {}

    /** A listing of what is in that directory, whose name with a slash after it is given too. */
    Listing(Folder top, String above, String prefix) {
        this.prefix = prefix;
        levels.push(new Level(top, above, top.iterator()));
    }

    @Override
    public boolean hasNext() {
        try {
            while (next == null && !levels.isEmpty()) {
                Level level = levels.getFirst();
                if (level.entries.hasNext()) {
                    look(level, level.entries.next().getFileName());
                } else {
                    levels.pop().folder.close();
                }
            }
        } catch (DirectoryIteratorException e) {
            throw new UncheckedIOException(e.getCause());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return next != null;
    }

    private void look(Level level, Path entry) throws IOException {
        String name = level.above + entry;
        boolean wanted = name.startsWith(prefix) || prefix.startsWith(name + "/");
        if (!wanted || name.equals(NewFiles.OWN) || !isName(level, entry, name)) {
            return;
        }
        try {
            BasicFileAttributes found = level.folder.attributes(entry);
            if (found.isRegularFile() && name.startsWith(prefix)) {
                next = name;
            } else if (found.isDirectory()) {
                descend(level, entry, name);
            }
        } catch (NoSuchFileException e) {
            // it went meanwhile
        }
    }

    private void descend(Level level, Path entry, String name) throws IOException {
        Folder child;
        try {
            child = level.folder.child(entry);
        } catch (FileSystemException e) {
            if (!level.folder.attributes(entry).isDirectory()) {
                return; // something else has taken its place meanwhile
            }
            throw e;
        }
        levels.push(new Level(child, name + "/", child.iterator()));
    }

    /** What could not be opened by its name, as one that is not UTF-8, is no file of this store. */
    private static boolean isName(Level level, Path entry, String name) {
        try {
            FileNames.check(name);
            return level.folder.name(entry.toString()).equals(entry);
        } catch (IllegalArgumentException | IOException e) {
            return false;
        }
    }

    @Override
    public String next() {
        String name = hasNext() ? next : null;
        if (name == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return name;
    }

    void close() {
        try {
            for (Level level : levels) {
                level.folder.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
