package io.chatty.maintenance.file.local;

import io.chatty.maintenance.file.order.SortedNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;

/**
 * What holds for all directories of a store, and how their names are sorted.
 *
 * @param root the root of the store
 * @param unix whether more can be told of files than on all systems
 * @param device the file system that they are on
 * @param countsFolders whether a directory has two names and one for each directory in it: not so where it has to do with
 *     other machines, or with layers, and often one name alone
 * @param namesInMemory how many names of one directory are held in memory at once
 * @param spills where more of them are written to
 */
record FolderTree(
        Path root, boolean unix, long device, boolean countsFolders, int namesInMemory, SortedNames.Spills spills) {

    /** A number of directories that cannot be told. */
    static final int UNKNOWN = Integer.MAX_VALUE;

    private static final Set<String> COUNTING = Set.of("ext2", "ext3", "ext4", "xfs", "tmpfs");

    static FolderTree of(Path root, int namesInMemory, SortedNames.Spills spills) throws IOException {
        boolean unix = Folder.isUnix(root);
        return new FolderTree(
                root, unix, unix ? look(root).device() : 0, unix && isCounting(root), namesInMemory, spills);
    }

    private static boolean isCounting(Path root) {
        try {
            return COUNTING.contains(Files.getFileStore(root).type());
        } catch (IOException e) {
            return false; // Java finds no such mount, as in a sandbox
        }
    }

    private static Found look(Path directory) throws IOException {
        return Found.of(Files.readAttributes(directory, Found.ATTRIBUTES, LinkOption.NOFOLLOW_LINKS));
    }

    /** The same, but all that is in a directory is looked at. */
    FolderTree lookingAtAll() {
        return new FolderTree(root, unix, device, false, namesInMemory, spills);
    }

    SortedNames names() {
        return new SortedNames(namesInMemory, spills);
    }

    /** How many directories there are in one, at most, without the store's own. */
    int foldersIn(Path directory) throws IOException {
        int folders = countsFolders ? foldersIn(look(directory)) : UNKNOWN;
        return directory.equals(root) ? folders - 1 : folders;
    }

    /** How many directories there are in one, at most. */
    int foldersIn(Found directory) {
        return countsFolders && directory.names() >= 2 ? directory.names() - 2 : UNKNOWN;
    }

    /** Whether it is on another file system, which is mounted there. */
    boolean isElsewhere(Found found) {
        return unix && found.device() != device;
    }
}
