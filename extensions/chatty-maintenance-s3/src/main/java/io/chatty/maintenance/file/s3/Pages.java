package io.chatty.maintenance.file.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The objects whose keys begin so, page by page, in the order of the endpoint. Not thread-safe.
 *
 * <p>What is still to be read is a row of stretches, each from behind one key up to another. Of each stretch one page is read; what
 * is left of it is put in its place, cut into several where {@link Cuts} sees where. Stretches are read in several threads, and
 * given out in order. How many are read ahead doubles with each page that is taken, up to {@value #MOST_AHEAD}: a listing that is
 * left after its first page has cost one request. So at most that many pages lie in memory.
 *
 * <p>Where the order of the endpoint is not known nothing is cut, and one page is read after the other.
 */
final class Pages implements AutoCloseable {

    static final int LANES = 8;
    private static final int MOST_AHEAD = 16;
    private static final int SAMPLE = 50; // letters of each fiftieth key are enough

    private final Bucket bucket;
    private final String prefix;
    private final Abilities.Order order;
    private final Cuts cuts;
    private final List<Stretch> row = new ArrayList<>();
    private int ahead;
    private @Nullable ThreadPoolExecutor threads;

    /**
     * @param prefix how the keys begin
     * @param after the key behind which to begin; empty for the first
     */
    Pages(Bucket bucket, String prefix, String after, Abilities.Order order) {
        this.bucket = bucket;
        this.prefix = prefix;
        this.order = order;
        this.cuts = new Cuts(prefix.length());
        row.add(new Stretch(after, null, null));
    }

    /** An object as it was listed. */
    record Listed(
            String key,
            @Nullable Long size,
            @Nullable Instant lastModified,
            @Nullable String eTag) {}

    /**
     * @param objects what lies in the stretch
     * @param last the last key that was read, if there is more of the stretch behind it
     * @param token how to go on where no order is known
     */
    private record Page(
            List<Listed> objects,
            @Nullable String last,
            @Nullable String token) {}

    private final class Stretch {
        private final String after;
        private final @Nullable String upTo;
        private final @Nullable String token;
        private @Nullable Future<Page> page;
        private boolean followed; // by what is left of it

        private Stretch(String after, @Nullable String upTo, @Nullable String token) {
            this.after = after;
            this.upTo = upTo;
            this.token = token;
        }

        private Page read() throws IOException {
            ListObjectsV2Response response = bucket.requests.send(
                    "list " + prefix + "… after \"" + after + "\"",
                    () -> bucket.client.listObjectsV2(r -> r.bucket(bucket.name)
                            .prefix(prefix)
                            .startAfter(token != null || after.isEmpty() ? null : after)
                            .continuationToken(token)
                            .encodingType(EncodingType.URL)));
            List<Listed> objects = new ArrayList<>(response.contents().size());
            String last = after;
            for (S3Object object : response.contents()) {
                String key = object.key();
                if (!key.startsWith(prefix) || (!last.isEmpty() && !order.allows(last, key))) {
                    throw new IOException(
                            "s3://" + bucket.name + ": the endpoint listed \"" + key + "\" after \"" + last
                                    + "\" for the prefix \"" + prefix + "\": it does not keep the order " + order
                                    + " that it was seen to keep when the store was opened");
                }
                if (upTo != null && key.compareTo(upTo) > 0) {
                    return new Page(objects, null, null);
                }
                objects.add(new Listed(key, object.size(), object.lastModified(), object.eTag()));
                last = key;
            }
            if (!Boolean.TRUE.equals(response.isTruncated())) {
                return new Page(objects, null, null);
            }
            if (response.contents().isEmpty() && order != Abilities.Order.UNKNOWN) {
                throw new IOException("s3://" + bucket.name + ": the endpoint says that there is more after \"" + after
                        + "\" and gives nothing");
            }
            return new Page(objects, last, order == Abilities.Order.UNKNOWN ? response.nextContinuationToken() : null);
        }
    }

    /** The next objects, at least one; none at the end. */
    List<Listed> next() throws IOException {
        while (!row.isEmpty()) {
            readAhead();
            Stretch first = row.remove(0);
            Page page = first.page == null ? first.read() : get(first.page);
            if (!first.followed) {
                row.addAll(0, rest(first, page));
            }
            if (!page.objects.isEmpty()) {
                ahead = Math.min(MOST_AHEAD, Math.max(1, 2 * ahead));
                return page.objects;
            }
        }
        return List.of();
    }

    /** Has as many stretches read as may be, those first that are wanted first. */
    private void readAhead() throws IOException {
        if (ahead < 2 || order == Abilities.Order.UNKNOWN) {
            return;
        }
        for (int i = 0; i < row.size(); i++) {
            Stretch stretch = row.get(i);
            if (!stretch.followed && stretch.page != null && stretch.page.isDone()) {
                row.addAll(i + 1, rest(stretch, get(stretch.page)));
                stretch.followed = true;
            }
        }
        for (Stretch stretch : row.subList(0, Math.min(ahead, row.size()))) {
            if (stretch.page == null) {
                if (threads == null) {
                    threads = Lanes.threads(LANES);
                }
                stretch.page = threads.submit(stretch::read);
            }
        }
    }

    /** What is left of a stretch after its first page, cut into as many as can be read ahead. */
    private List<Stretch> rest(Stretch stretch, Page page) {
        if (page.last == null) {
            return List.of();
        }
        if (page.token != null) {
            return List.of(new Stretch("", null, page.token));
        }
        List<Stretch> rest = new ArrayList<>();
        String after = page.last;
        if (ahead > 1) {
            for (int i = 0; i < page.objects.size(); i += SAMPLE) {
                cuts.saw(page.objects.get(i).key());
            }
            String first = page.objects.get(0).key();
            for (String cut : cuts.after(first, page.last, stretch.upTo, Math.max(0, ahead - row.size()))) {
                rest.add(new Stretch(after, cut, null));
                after = cut;
            }
        }
        rest.add(new Stretch(after, stretch.upTo, null));
        return rest;
    }

    private static Page get(Future<Page> page) throws IOException {
        try {
            return page.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while listing");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        if (threads != null) {
            threads.shutdownNow();
        }
    }
}
