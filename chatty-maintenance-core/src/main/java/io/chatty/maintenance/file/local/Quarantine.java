package io.chatty.maintenance.file.local;

import io.chatty.maintenance.file.FileQuarantine;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files that were set aside: each under its own name in a directory of its run, in {@code quarantine} of the store's own
 * directory.
 *
 * <p>A file is moved by one rename between two directories that are held open, so that it is in one place or the other whenever
 * the process is killed. What the rename took is compared with what was judged afterwards as well: another file may have taken the
 * name in between, and is put back (R14). A rename replaces: that nothing is in its way is looked at before, which is enough,
 * as each place belongs to one run alone, and one sweep at a time has the store.
 *
 * <p>A restore must not replace what came to have the name meanwhile. It gives the file its old name beside the one here, which
 * fails if that is taken, and then takes this one away. If it breaks off in between the file has both names, and the next
 * restore does the rest.
 *
 * <p>Directories are synced by a restore alone, before the name here is taken away. When the machine fails after a rename that was
 * not synced, the file is where it was before or where it was moved to: the ledger, which was synced, may say that it is here,
 * while it has its own name still, and is found an orphan once more by the next run; or a file that was deleted lies here
 * again, to be found by {@link #list}. Neither loses anything, and a sync of two directories for each file would take a hundred
 * times as long as its move.
 */
final class Quarantine implements FileQuarantine {

    private static final String FOLDER = "quarantine";
    private static final Pattern PLAIN = Pattern.compile("[a-z0-9][a-z0-9_-]*");
    private static final String ENCODED = "%";

    private final LocalFileStore store;
    private final NewFiles newFiles;

    Quarantine(LocalFileStore store, NewFiles newFiles) {
        this.store = store;
        this.newFiles = newFiles;
    }

    /** The name of a run's directory, which may be no other's where case does not count. */
    private static String folderOf(RunId run) {
        String id = run.value();
        return PLAIN.matcher(id).matches()
                ? id
                : ENCODED + HexFormat.of().formatHex(id.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable RunId runOf(String folder) {
        try {
            if (PLAIN.matcher(folder).matches()) {
                return new RunId(folder);
            }
            if (folder.startsWith(ENCODED)) {
                byte[] id = HexFormat.of().parseHex(folder.substring(ENCODED.length()));
                return new RunId(new String(id, StandardCharsets.UTF_8));
            }
        } catch (IllegalArgumentException e) {
            return null;
        }
        return null;
    }

    private static String last(String[] parts) {
        return parts[parts.length - 1];
    }

    /** What leads from the store's own directory to a file that was set aside. */
    private static String[] place(RunId run, String[] parts) {
        String[] place = new String[parts.length + 2];
        place[0] = FOLDER;
        place[1] = folderOf(run);
        System.arraycopy(parts, 0, place, 2, parts.length);
        return place;
    }

    /** The directory here that such a file is in. */
    private Folder folder(String[] place) throws IOException {
        return newFiles.own().descend(place, place.length - 1);
    }

    private static @Nullable Found look(Folder folder, Path name) throws IOException {
        try {
            return folder.look(name);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public Moved move(String name, FileState judged, RunId run) throws IOException {
        String[] parts = NewFiles.parts(name);
        for (int tries = 1; ; tries++) {
            try (Folder folder = store.parentOf(parts)) {
                Path last = folder.name(last(parts));
                Found found = look(folder, last);
                if (found != null && found.file() && store.state(found).equals(judged)) {
                    return move(name, parts, folder, last, judged, run);
                }
                return before(name, judged, run, found == null ? Outcome.ABSENT : Outcome.CHANGED);
            } catch (NoSuchFileException e) {
                // A directory went: that of the file, or that here, which another just found empty.
                if (store.look(name).isEmpty()) {
                    return before(name, judged, run, Outcome.ABSENT);
                }
                if (tries == NewFiles.TRIES) {
                    throw e;
                }
            }
        }
    }

    /** What a move did before, or that nothing is done. */
    private Moved before(String name, FileState judged, RunId run, Outcome otherwise) throws IOException {
        Optional<QuarantinedFile> file = find(name, judged, run);
        return new Moved(file.isPresent() ? Outcome.DONE : otherwise, file);
    }

    private Moved move(String name, String[] parts, Folder folder, Path last, FileState judged, RunId run)
            throws IOException {
        String[] place = place(run, parts);
        try (Folder here = newFiles.makeOwnFolders(place, place.length - 1)) {
            if (here.has(last)) {
                return before(name, judged, run, Outcome.CHANGED);
            }
            folder.move(last, here, last);
            Found moved = here.look(last);
            if (moved.isSame(judged)) {
                return new Moved(Outcome.DONE, Optional.of(new QuarantinedFile(name, run, store.state(moved))));
            }
            if (!newFiles.giveName(here, last, folder, last)) {
                throw new FileSystemException(
                        name,
                        null,
                        "was replaced twice while it was set aside: what had the name in between lies in "
                                + here.path().resolve(last));
            }
            NewFiles.deleteIfThere(here, last);
        }
        removeEmpty(place);
        return new Moved(Outcome.CHANGED, Optional.empty());
    }

    @Override
    public Optional<QuarantinedFile> find(String name, FileState judged, RunId run) throws IOException {
        String[] place = place(run, NewFiles.parts(name));
        try (Folder here = folder(place)) {
            Found found = look(here, here.name(last(place)));
            return found != null && found.isSame(judged)
                    ? Optional.of(new QuarantinedFile(name, run, store.state(found)))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public InputStream open(QuarantinedFile file) throws IOException {
        String[] place = place(file.run(), NewFiles.parts(file.name()));
        try (Folder here = folder(place)) {
            return here.open(here.name(last(place)), file.name());
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(file.name(), null, "was not set aside, or does not lie there any more");
        }
    }

    @Override
    public Outcome restore(QuarantinedFile file) throws IOException {
        String[] parts = NewFiles.parts(file.name());
        String[] place = place(file.run(), parts);
        Outcome outcome;
        try (Folder here = folder(place)) {
            Path last = here.name(last(place));
            Found found = look(here, last);
            if (found == null) {
                return restoredBefore(file);
            }
            if (!found.file()) {
                return Outcome.CHANGED;
            }
            outcome = newFiles.inParents(parts, folder -> restore(here, last, found, folder));
        } catch (NoSuchFileException e) {
            return restoredBefore(file);
        }
        if (outcome == Outcome.DONE) {
            removeEmpty(place);
        }
        return outcome;
    }

    private Outcome restore(Folder here, Path last, Found found, Folder folder) throws IOException {
        if (!newFiles.giveName(here, last, folder, last)) {
            Found there = look(folder, last);
            if (!newFiles.links()
                    || there == null
                    || !there.file()
                    || !there.inode().equals(found.inode())) {
                return Outcome.CHANGED;
            }
        }
        NewFiles.sync(folder.path());
        NewFiles.deleteIfThere(here, last);
        return Outcome.DONE;
    }

    /** What lies here no more may have its name again already. */
    private Outcome restoredBefore(QuarantinedFile file) throws IOException {
        Found found = store.find(file.name());
        return found != null && found.isSame(file.state()) ? Outcome.DONE : Outcome.ABSENT;
    }

    @Override
    public Outcome delete(QuarantinedFile file) throws IOException {
        String[] place = place(file.run(), NewFiles.parts(file.name()));
        try (Folder here = folder(place)) {
            Path last = here.name(last(place));
            if (!here.look(last).isUnchanged(file.state())) {
                return Outcome.CHANGED;
            }
            here.delete(last);
        } catch (NoSuchFileException e) {
            return Outcome.ABSENT;
        }
        removeEmpty(place);
        return Outcome.DONE;
    }

    /** Removes the directories behind a file that has left, up to that of all runs. */
    private void removeEmpty(String[] place) throws IOException {
        for (int depth = place.length - 2; depth > 0; depth--) {
            try (Folder parent = newFiles.own().descend(place, depth)) {
                parent.deleteFolder(parent.name(place[depth]));
            } catch (DirectoryNotEmptyException e) {
                return;
            } catch (NoSuchFileException e) {
                // another was faster
            }
        }
    }

    @Override
    public Stream<QuarantinedFile> list() throws IOException {
        return Pulled.stream(new QuarantineListing(this, runs()));
    }

    private List<RunId> runs() throws IOException {
        List<RunId> runs = new ArrayList<>();
        try (Folder here = newFiles.own().descend(new String[] {FOLDER}, 1)) {
            for (Path entry : here) {
                RunId run = runOf(entry.getFileName().toString());
                if (run != null) {
                    runs.add(run);
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return runs;
    }

    /** The names of what a run set aside; null if nothing of it lies here. */
    @Nullable Listing listing(RunId run) throws IOException {
        try {
            Folder folder = newFiles.own().descend(new String[] {FOLDER, folderOf(run)}, 2);
            return new Listing(store, store.tree(), folder, "", "", "");
        } catch (NoSuchFileException | NotDirectoryException e) {
            return null;
        }
    }

    /** What lies here of that run and name; empty if nothing does. */
    Optional<QuarantinedFile> look(RunId run, String name) throws IOException {
        String[] place = place(run, NewFiles.parts(name));
        try (Folder here = folder(place)) {
            Found found = here.look(here.name(last(place)));
            return found.file() ? Optional.of(new QuarantinedFile(name, run, store.state(found))) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
