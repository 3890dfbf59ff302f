package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.task.Counts;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads a listing ahead in a thread of its own, some ten thousand names at most, while what refers to the last names is asked for.
 * Names are all the older for it than the references that are asked for them, which is the right way round. Used by one thread
 * besides.
 *
 * <p>Where nobody goes on for a minute, as when a run is paused, the thread ends, and the listing has to be begun anew.
 */
final class ReadAhead implements FileListing {

    private static final int PAGE = 2048;
    private static final int PAGES = 32;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final BlockingQueue<Page> pages = new ArrayBlockingQueue<>(PAGES);
    private final Thread reader;
    private volatile boolean closed;
    private volatile boolean abandoned;
    private Page page = new Page(List.of(), false, Counts.none(), null);
    private int next;

    /**
     * Some files.
     *
     * @param last whether there are no more
     * @param skipped what the listing had passed over by then
     * @param failure why there are no more, if that is the listing's failure
     */
    private record Page(
            List<StoredFile> files,
            boolean last,
            Counts skipped,
            @Nullable Throwable failure) {}

    /** Begins to read; the listing is closed by the thread that reads it. */
    ReadAhead(String name, FileListing listing) {
        this.reader = new Thread(() -> read(listing), "chatty-maintenance-listing-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    private void read(FileListing listing) {
        try (listing) {
            boolean last = false;
            while (!last && !closed) {
                List<StoredFile> files = new ArrayList<>(PAGE);
                while (!last && files.size() < PAGE) {
                    Optional<StoredFile> file = listing.next();
                    file.ifPresent(files::add);
                    last = file.isEmpty();
                }
                if (!pages.offer(
                        new Page(files, last, listing.skipped(), null), PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    abandoned = true;
                    return;
                }
            }
        } catch (InterruptedException e) {
            abandoned = true; // closed
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    private void fail(Throwable failure) {
        try {
            Page page = new Page(List.of(), true, Counts.none(), failure);
            abandoned = !pages.offer(page, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            abandoned = true; // closed
        }
    }

    /** Whether it was given up, since nobody went on. */
    boolean isAbandoned() {
        return abandoned;
    }

    @Override
    public Optional<StoredFile> next() throws IOException {
        while (next >= page.files().size() && !page.last()) {
            page = take();
            next = 0;
        }
        if (next < page.files().size()) {
            return Optional.of(page.files().get(next++));
        }
        Throwable failure = page.failure();
        if (failure instanceof IOException io) {
            throw io;
        } else if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        } else if (failure != null) {
            throw new UncheckedIOException(new IOException("the listing failed: " + failure, failure));
        }
        return Optional.empty();
    }

    private Page take() throws IOException {
        try {
            return pages.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the store was listed");
        }
    }

    @Override
    public Counts skipped() {
        return page.skipped();
    }

    @Override
    public void close() {
        closed = true;
        reader.interrupt();
    }
}
