package io.chatty.maintenance.file.local;

import io.chatty.maintenance.file.FileState;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is of some name in a directory, as it was at one moment.
 *
 * <p>A file is told from others by its inode, without the number of the device: a store is one file system, and that number is
 * another when the machine starts anew.
 *
 * @param file whether it is an ordinary file
 * @param directory whether it is a directory
 * @param link whether it is a symbolic link
 * @param key what it has as a key in this file system, while it is mounted; null where there are no keys
 * @param inode its number, or what the file system has in its place
 * @param device the file system that it is on; 0 where that cannot be told
 * @param names how many names it has; 0 where that cannot be told
 * @param size in bytes
 * @param modified when its content was last written, or its time set
 * @param changed when it last changed in any way, which cannot be set; null where that cannot be told
 */
record Found(
        boolean file,
        boolean directory,
        boolean link,
        @Nullable Object key,
        String inode,
        long device,
        int names,
        long size,
        Instant modified,
        @Nullable Instant changed) {

    /** What {@link #of(Map)} needs. */
    static final String ATTRIBUTES =
            "unix:isRegularFile,isDirectory,isSymbolicLink,fileKey,ino,dev,nlink,size,lastModifiedTime,ctime";

    static Found of(BasicFileAttributes basic) {
        return new Found(
                basic.isRegularFile(),
                basic.isDirectory(),
                basic.isSymbolicLink(),
                basic.fileKey(),
                String.valueOf(basic.fileKey()).replace(' ', '_'),
                0,
                0,
                basic.size(),
                basic.lastModifiedTime().toInstant(),
                null);
    }

    static Found of(Map<String, Object> unix) {
        return new Found(
                (Boolean) get(unix, "isRegularFile"),
                (Boolean) get(unix, "isDirectory"),
                (Boolean) get(unix, "isSymbolicLink"),
                unix.get("fileKey"),
                get(unix, "ino").toString(),
                ((Number) get(unix, "dev")).longValue(),
                ((Number) get(unix, "nlink")).intValue(),
                ((Number) get(unix, "size")).longValue(),
                ((FileTime) get(unix, "lastModifiedTime")).toInstant(),
                ((FileTime) get(unix, "ctime")).toInstant());
    }

    private static Object get(Map<String, Object> unix, String name) {
        return Objects.requireNonNull(unix.get(name), name);
    }

    /**
     * When it last changed, in content or in any other way: the time of modification can be set back, as rsync and tar do; that
     * of change cannot.
     */
    Instant youngest() {
        return changed == null || changed.isBefore(modified) ? modified : changed;
    }

    /** What a store tells of it. */
    FileState state(boolean trustsModificationTime) {
        String version = inode + " " + names + " " + modified + " " + (changed == null ? "-" : changed);
        return new FileState(size, trustsModificationTime ? modified : youngest(), version);
    }

    /** Whether it is that very file with that content, wherever it lies: a move changes the time of change alone. */
    boolean isSame(FileState judged) {
        String[] version = judged.version().split(" ", -1);
        return file
                && version.length == 4
                && version[0].equals(inode)
                && version[2].equals(modified.toString())
                && judged.size() == size;
    }

    /**
     * Whether nothing at all happened to it since. Of a file that had several names the time of change is not looked at: it
     * changes when another of them goes.
     */
    boolean isUnchanged(FileState judged) {
        String[] version = judged.version().split(" ", -1);
        return isSame(judged)
                && (version[3].equals(changed == null ? "-" : changed.toString()) || links(version[1]) > 1);
    }

    private static int links(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
