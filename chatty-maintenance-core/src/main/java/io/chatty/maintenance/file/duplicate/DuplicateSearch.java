package io.chatty.maintenance.file.duplicate;

import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.content.Content;
import io.chatty.maintenance.file.order.SortedNames;
import io.chatty.maintenance.file.order.TemporaryFile;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One search for files of the same content: they are sorted by size, what is left of them by the hash of their first bytes, and
 * what is left then by the hash of all. Not thread-safe.
 */
final class DuplicateSearch implements Closeable {

    private static final int HEAD = 4096;
    private static final int IN_MEMORY = 200_000;

    private enum Stage {
        LIST,
        HEADS,
        CONTENTS,
        REPORT,
        DONE
    }

    private final DuplicateFiles.Settings settings;
    private final RunId run;
    private final String id = UUID.randomUUID().toString(); // a position of another search is not one of this
    private final List<Closeable> open = new ArrayList<>();
    private long batches;
    private Stage stage = Stage.LIST;

    private int prefix;
    private @Nullable FileListing listing;
    private SortedNames unsorted;
    private SharedKeys shared;
    private @Nullable Entry current;
    private @Nullable Content content;
    private Entry first = new Entry("", "");

    DuplicateSearch(DuplicateFiles.Settings settings, RunId run) {
        this.settings = settings;
        this.run = run;
        this.unsorted = sorted();
        this.shared = new SharedKeys(unsorted, false);
    }

    private SortedNames sorted() {
        SortedNames names = new SortedNames(IN_MEMORY, this::temporary);
        open.add(names);
        return names;
    }

    private TemporaryFile temporary() throws IOException {
        Path file = Files.createTempFile(settings.temporaryFiles(), "chatty-maintenance-", ".sorted");
        return new TemporaryFile(
                Files.newByteChannel(
                        file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE),
                () -> Files.deleteIfExists(file));
    }

    boolean isAnew() {
        return batches == 0;
    }

    /** Where it stands, which no other search does. */
    String position() {
        return id + " " + batches;
    }

    boolean isAt(RunId of, Optional<Cursor> cursor) {
        return run.equals(of)
                && cursor.filter(at -> at.text().equals(position())).isPresent();
    }

    /** Does a batch's worth; gives whether there is more to do. */
    boolean go(DuplicateBatch batch) throws IOException {
        batches++;
        boolean more = true;
        while (more && !batch.isEnough()) {
            more = switch (stage) {
                case LIST -> list(batch);
                case HEADS -> readHead(batch);
                case CONTENTS -> readContent(batch);
                case REPORT -> report(batch);
                case DONE -> false;
            };
            if (!more) {
                more = nextStage();
            }
        }
        return more;
    }

    private boolean nextStage() throws IOException {
        stage = switch (stage) {
            case LIST -> Stage.HEADS;
            case HEADS -> Stage.CONTENTS;
            case CONTENTS -> Stage.REPORT;
            case REPORT, DONE -> Stage.DONE;
        };
        shared = new SharedKeys(unsorted, stage != Stage.HEADS);
        while (open.size() > 1) {
            open.remove(0).close(); // what was sorted before
        }
        unsorted = sorted();
        return stage != Stage.DONE;
    }

    // ---- each does one thing and gives whether there may be more

    private boolean list(DuplicateBatch batch) throws IOException {
        if (listing == null) {
            if (prefix == settings.prefixes().size()) {
                return false;
            }
            listing = settings.store().list(settings.prefixes().get(prefix++), "");
            return true;
        }
        Counts before = listing.skipped();
        Optional<StoredFile> file = listing.next();
        Counts after = listing.skipped();
        if (!after.equals(before)) {
            after.asMap().forEach((name, count) -> batch.count(name, count - before.get(name)));
        }
        if (file.isEmpty()) {
            listing.close();
            listing = null;
            return true;
        }
        batch.looked(1);
        add(batch, file.get());
        return true;
    }

    private void add(DuplicateBatch batch, StoredFile file) throws IOException {
        FileState state;
        try {
            state = file.state();
        } catch (NoSuchFileException e) {
            batch.count("skipped.changed", 1);
            return;
        } catch (IOException e) {
            batch.fail(file.name(), e);
            return;
        }
        batch.count("examined", 1);
        if (state.size() < settings.smallest()) {
            batch.count("skipped.small", 1);
        } else {
            unsorted.add(Entry.of(state.size(), file.name()).text());
        }
    }

    private boolean readHead(DuplicateBatch batch) throws IOException {
        Entry entry = shared.next();
        if (entry == null) {
            return false;
        }
        batch.looked(1);
        try (Content head = new Content(settings.store().open(entry.name()), (int) Math.min(HEAD, entry.size()))) {
            batch.read(head.read(HEAD, () -> false));
            if (head.size() == Math.min(HEAD, entry.size())) {
                unsorted.add(entry.with(head.hash()).text());
                return true;
            }
            batch.count("skipped.changed", 1);
        } catch (NoSuchFileException e) {
            batch.count("skipped.changed", 1);
        } catch (IOException e) {
            batch.fail(entry.name(), e);
        }
        return true;
    }

    private boolean readContent(DuplicateBatch batch) throws IOException {
        Entry entry = current == null ? shared.next() : current;
        if (entry == null) {
            return false;
        }
        if (entry.size() <= HEAD) {
            batch.looked(1);
            unsorted.add(entry.text());
            return true;
        }
        current = entry;
        try {
            if (content == null) {
                batch.looked(1);
                content = new Content(settings.store().open(entry.name()));
            }
            batch.read(content.read(batch.bytesLeft(), batch::isCancelled));
            if (!content.isAtEnd()) {
                return true; // the next batch goes on
            }
            if (content.size() == entry.size()) {
                unsorted.add(entry.with(content.hash()).text());
            } else {
                batch.count("skipped.changed", 1);
            }
        } catch (NoSuchFileException e) {
            batch.count("skipped.changed", 1);
        } catch (IOException e) {
            batch.fail(entry.name(), e);
        }
        closeContent();
        current = null;
        return true;
    }

    private void closeContent() throws IOException {
        Content last = content;
        content = null;
        if (last != null) {
            last.close();
        }
    }

    /** The first of each content that is still there is the one that the others are duplicates of. */
    private boolean report(DuplicateBatch batch) throws IOException {
        Entry entry = shared.next();
        if (entry == null) {
            return false;
        }
        batch.looked(1);
        Optional<FileState> now;
        try {
            now = settings.store().look(entry.name());
        } catch (IOException e) {
            batch.fail(entry.name(), e);
            return true;
        }
        if (now.isEmpty() || now.get().size() != entry.size()) {
            batch.count("skipped.changed", 1);
        } else if (first.key().equals(entry.key())) {
            batch.tellDuplicate(entry, first);
        } else {
            first = entry;
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        try {
            closeContent();
            if (listing != null) {
                listing.close();
            }
        } finally {
            for (Closeable one : open) {
                one.close();
            }
            open.clear();
        }
    }
}
