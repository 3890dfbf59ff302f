package io.chatty.maintenance.file.s3;

import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileQuarantine;
import io.chatty.maintenance.file.FileSpace;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.SweepableStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

/**
 * Files in a bucket of Amazon S3, or of a store that speaks like it: the objects whose keys begin with a prefix. Thread-safe, and
 * safe beside other processes on the same bucket.
 *
 * <p>The client is the host's own, with its credentials, region, endpoint, retries and timeouts; it is never closed here. What the
 * client's own retries could not mend is thrown as an {@link IOException} that says what to do.
 *
 * <p>When it is opened it finds out with scratch objects what the endpoint does, since many take a condition and do not heed it:
 * <ul>
 *   <li>{@code If-None-Match} of a PUT: without it a file is looked for before it is written, and of two that write one name at the
 *       same moment one may replace the other's.
 *   <li>{@code If-Match} of a DELETE: without it a file is looked at, compared and then deleted, and what replaces it between
 *       the two is deleted.
 *   <li>Several keys in one DELETE, with an ETag each: without it they are deleted one by one.
 *   <li>The order of listings: without one, pages are read one after the other.
 * </ul>
 * {@link #toString} tells what was found, the log too. Even where all conditions are heeded, one replacement cannot be told: by
 * the very same content, between the moment in which a file is looked at and the one in which it is deleted.
 *
 * <p>Files that are set aside: in a bucket that keeps versions a delete marker hides them; they are given back by deleting the
 * marker and deleted by the ids of version and marker. Where older versions lie below, the marker stays, so that these do not come
 * to light; they are the affair of the bucket's lifecycle rules. In a bucket without versions, or one whose versions are
 * suspended, in which a marker would destroy what it hides, files stay where they are and can still be opened, and only deleting
 * them does anything. The bucket is asked which of the two it is each time.
 *
 * <p>{@link #delete} deletes for good: in a bucket with versions all versions of the file, back to the last delete marker.
 *
 * <p>A file is at most 5 GiB, the most that one PUT takes; it is gathered in a temporary file of this machine first.
 * Keys that begin with {@code .chatty-maintenance/} behind the prefix are the store's own. Times are whole seconds. Directory
 * buckets, which list in no order and from no key on, cannot be swept.
 *
 * <p>Permissions: {@code s3:ListBucket}, {@code s3:GetBucketVersioning}, {@code s3:GetObject}, {@code s3:PutObject},
 * {@code s3:DeleteObject}; with versions {@code s3:ListBucketVersions}, {@code s3:GetObjectVersion},
 * {@code s3:DeleteObjectVersion}; for {@link MultipartCleanup} {@code s3:ListBucketMultipartUploads} and
 * {@code s3:AbortMultipartUpload}.
 */
public final class S3FileStore implements SweepableStore {

    private static final Logger LOG = LoggerFactory.getLogger(S3FileStore.class);
    private static final String OWN = ".chatty-maintenance";
    private static final String ID = "store-id";
    private static final Pattern ID_FORM = Pattern.compile("[A-Za-z0-9_-]{1,100}");
    private static final int LONGEST_KEY = 1024;

    private final Bucket bucket;
    private final String prefix;
    private final Abilities abilities;
    private final Writes writes;
    private final Quarantine quarantine;

    private S3FileStore(Bucket bucket, String prefix, Abilities abilities) {
        this.bucket = bucket;
        this.prefix = prefix;
        this.abilities = abilities;
        this.writes = new Writes(bucket, abilities.conditionalPut());
        this.quarantine = new Quarantine(this, bucket, abilities);
    }

    /**
     * A store in that bucket.
     *
     * @param client the host's client, which stays the host's to close
     * @param bucket the bucket, which must exist
     */
    public static Builder builder(S3Client client, String bucket) {
        return new Builder(client, bucket);
    }

    /** Says where a store is. Not thread-safe. */
    public static final class Builder {

        private final S3Client client;
        private final String bucket;
        private String prefix = "";

        private Builder(S3Client client, String bucket) {
            this.client = Objects.requireNonNull(client, "client");
            if (bucket.isBlank()) {
                throw new IllegalArgumentException("bucket: the name of a bucket must be given");
            }
            this.bucket = bucket;
        }

        /**
         * How the keys of the files begin; the rest of a key is the file's name. Default: empty, the whole bucket.
         *
         * @param keyPrefix empty, or ending in {@code /}, since {@code chat} is also how {@code chatter/x} begins
         * @throws IllegalArgumentException if it does not end so, or is not the beginning of a name, see
         *     {@link FileNames#checkPrefix}
         */
        public Builder prefix(String keyPrefix) {
            if (!keyPrefix.isEmpty() && !keyPrefix.endsWith("/")) {
                throw new IllegalArgumentException(
                        "prefix: \"" + keyPrefix + "\" given; it must end in /, as \"" + keyPrefix + "/\"");
            }
            this.prefix = FileNames.checkPrefix(keyPrefix);
            return this;
        }

        /**
         * Opens the store, which takes about thirty small requests.
         *
         * @throws IOException if the bucket does not exist, or the client cannot reach it or is not allowed to; the message says
         *     what to do
         */
        public S3FileStore open() throws IOException {
            Bucket opened = new Bucket(client, bucket);
            S3FileStore store = new S3FileStore(opened, prefix, new Probe(opened, prefix + OWN + "/").run());
            LOG.info("Opened {}", store);
            if (!store.abilities.conditionalDelete()) {
                LOG.warn(
                        "s3://{}: the endpoint does not heed If-Match of a DELETE: files are looked at, compared, then deleted;"
                                + " what replaces one between the two is deleted",
                        bucket);
            }
            return store;
        }
    }

    Bucket bucket() {
        return bucket;
    }

    String prefix() {
        return prefix;
    }

    String key(String name) {
        FileNames.check(name);
        checkNotOwn(name);
        String key = prefix + name;
        if (!prefix.isEmpty() && key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY) {
            throw new IllegalArgumentException("file name: \"" + name + "\" has, with the prefix \"" + prefix
                    + "\", more than " + LONGEST_KEY + " bytes");
        }
        return key;
    }

    static void checkNotOwn(String name) {
        int end = name.indexOf('/');
        if (OWN.equalsIgnoreCase(end < 0 ? name : name.substring(0, end))) {
            throw new IllegalArgumentException(
                    "file name: \"" + name + "\" begins with " + OWN + ", under which the store keeps its own");
        }
    }

    @Override
    public void write(String name, Content content) throws IOException {
        writes.write(name, key(name), content);
    }

    @Override
    public InputStream open(String name) throws IOException {
        return Download.open(bucket, key(name), null, null);
    }

    @Override
    public Stream<StoredFile> list(String namePrefix) throws IOException {
        FileListing listing = list(namePrefix, "");
        return StreamSupport.stream(
                        new Spliterators.AbstractSpliterator<StoredFile>(
                                Long.MAX_VALUE, Spliterator.DISTINCT | Spliterator.NONNULL | Spliterator.ORDERED) {
                            @Override
                            public boolean tryAdvance(Consumer<? super StoredFile> action) {
                                try {
                                    Optional<StoredFile> next = listing.next();
                                    next.ifPresent(action);
                                    return next.isPresent();
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            }
                        },
                        false)
                .onClose(() -> {
                    try {
                        listing.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    @Override
    public FileListing list(String namePrefix, String after) throws IOException {
        FileNames.checkPrefix(namePrefix);
        if (!after.isEmpty() && !abilities.resumes()) {
            FileNames.check(after);
            throw new IOException("s3://" + bucket.name
                    + ": the endpoint does not heed start-after, so a listing cannot go on after \"" + after + "\"");
        }
        return new Listing(
                new Pages(bucket, prefix + namePrefix, after.isEmpty() ? "" : key(after), abilities.order()),
                prefix,
                prefix + OWN + "/");
    }

    @Override
    public boolean delete(String name) throws IOException {
        String key = key(name);
        if (bucket.versioning() == Bucket.Versioning.NONE) {
            if (bucket.look(key).isEmpty()) {
                return false;
            }
            bucket.delete(key, null);
            return true;
        }
        Bucket.Versions versions = bucket.versions(key);
        Optional<ObjectVersion> current = versions.current();
        if (current.isEmpty()) {
            return false;
        }
        Instant marked = versions.markers().isEmpty()
                ? Instant.MIN
                : versions.markers().get(0).lastModified();
        for (int i = versions.versions().size() - 1; i >= 0; i--) { // the current one last: none of the others is seen
            ObjectVersion version = versions.versions().get(i);
            if (version.isLatest() || version.lastModified().isAfter(marked)) {
                bucket.deleteVersion(key, version.versionId());
            }
        }
        return true;
    }

    @Override
    public Optional<FileState> look(String name) throws IOException {
        return bucket.look(key(name));
    }

    @Override
    public boolean listsInByteOrder() {
        return abilities.order() == Abilities.Order.BYTES;
    }

    @Override
    public FileQuarantine quarantine() {
        return quarantine;
    }

    private String idKey() {
        return prefix + OWN + "/" + ID;
    }

    @Override
    public Optional<String> id() throws IOException {
        try (InputStream in = Download.open(bucket, idKey(), null, null)) {
            String id = new String(in.readNBytes(LONGEST_KEY), StandardCharsets.UTF_8);
            if (!ID_FORM.matcher(id).matches()) {
                throw new IOException("s3://" + bucket.name + "/" + idKey() + " holds no id of a store");
            }
            return Optional.of(id);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public void giveId(String id) throws IOException {
        if (!ID_FORM.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "id: \"" + id + "\" given; 1 to 100 letters, digits, - and _ are allowed");
        }
        try {
            writes.write(OWN + "/" + ID, idKey(), out -> out.write(id.getBytes(StandardCharsets.US_ASCII)));
        } catch (FileAlreadyExistsException e) {
            throw new FileAlreadyExistsException(
                    "s3://" + bucket.name + "/" + idKey(), null, "the store has another id than " + id);
        }
    }

    @Override
    public Instant now() throws IOException {
        return time(bucket);
    }

    /** What time it is by the clock of the endpoint, in whole seconds. */
    static Instant time(Bucket bucket) throws IOException {
        String date = bucket.dateHeader()
                .orElseThrow(() -> new IOException("s3://" + bucket.name + ": the answer of the endpoint has no Date"));
        try {
            return DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from);
        } catch (DateTimeException e) {
            throw new IOException("s3://" + bucket.name + ": the endpoint gave the Date \"" + date + "\"", e);
        }
    }

    @Override
    public Optional<FileSpace> space() {
        return Optional.empty();
    }

    /** Always given: whatever is done is conditional. */
    @Override
    public Optional<Lock> lock() {
        return Optional.of(new Lock() {
            @Override
            public void close() {}
        });
    }

    /** A bucket has no directories. */
    @Override
    public Pruned prune(Instant unchangedSince, int levels, int most, String after) {
        return new Pruned(0, 0, Optional.empty());
    }

    @Override
    public String toString() {
        return "S3FileStore[s3://" + bucket.name + "/" + prefix + ", "
                + (abilities.conditionalPut() ? "conditional put" : "look, then put") + ", "
                + (abilities.conditionalDelete() ? "conditional delete" : "look, compare, delete") + ", "
                + (abilities.batch()
                        ? abilities.conditionalBatch() ? "conditional batches" : "batches of versions only"
                        : "no batches")
                + ", order " + abilities.order() + "]";
    }
}
