package io.chatty.maintenance.file.s3;

import io.chatty.maintenance.file.Attempt;
import io.chatty.maintenance.file.FileQuarantine;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

/**
 * Files of a bucket that are set aside. In a bucket that keeps versions by a delete marker:
 * <ol>
 *   <li>list the versions of the key: the current one must be what was judged;
 *   <li>DELETE, on the condition of its ETag where that is heeded: makes the marker, whose id comes back;
 *   <li>list again: right below the marker must lie the version of step 1, else the marker goes.
 * </ol>
 * Given back: the markers above the version go, if nothing but markers lies above it. Deleted: the version goes by its id, unless it
 * came to light again, and then the markers, if there are no other versions. A process killed between two steps leaves a
 * hidden file, which {@link #find} finds, or a marker over nothing.
 *
 * <p>Elsewhere nothing is done until the file is deleted: then it must have size, time and ETag as judged, by a look, and in the
 * DELETE the ETag once more. Never is there a DELETE without the id of a version where that would make a marker in a bucket whose
 * versions are suspended, save to delete for good the very version that such a marker replaces.
 */
final class Quarantine implements FileQuarantine {

    private static final int MOST_MARKERS = 10;

    private final S3FileStore store;
    private final Bucket bucket;
    private final Abilities abilities;
    private final Deleter deleter;

    Quarantine(S3FileStore store, Bucket bucket, Abilities abilities) {
        this.store = store;
        this.bucket = bucket;
        this.abilities = abilities;
        this.deleter = new Deleter(bucket, abilities);
    }

    private static Moved not(Outcome outcome) {
        return new Moved(outcome, Optional.empty());
    }

    private static Moved done(QuarantinedFile file) {
        return new Moved(Outcome.DONE, Optional.of(file));
    }

    @Override
    public Moved move(String name, FileState judged, RunId run) throws IOException {
        String key = store.key(name);
        return move(key, bucket.versioning(), name, judged, run);
    }

    @Override
    public List<Attempt<Moved>> moveAll(List<Judged> files, RunId run) {
        files.forEach(file -> store.key(file.name()));
        try {
            Bucket.Versioning versioning = bucket.versioning();
            return Lanes.each(
                    Pages.LANES,
                    files,
                    file -> move(store.key(file.name()), versioning, file.name(), file.state(), run));
        } catch (IOException e) {
            return files.stream().map(file -> Attempt.<Moved>failed(e)).toList();
        }
    }

    private Moved move(String key, Bucket.Versioning versioning, String name, FileState judged, RunId run)
            throws IOException {
        if (versioning == Bucket.Versioning.ENABLED) {
            return hide(key, name, judged, run);
        }
        Optional<FileState> found = bucket.look(key);
        if (found.isEmpty()) {
            return not(Outcome.ABSENT);
        }
        return found.get().equals(judged) ? done(new QuarantinedFile(name, run, judged)) : not(Outcome.CHANGED);
    }

    private Moved hide(String key, String name, FileState judged, RunId run) throws IOException {
        Bucket.Versions before = bucket.versions(key);
        Optional<ObjectVersion> current = before.current();
        if (current.isEmpty()) {
            return hidden(before, name, judged, run).map(Quarantine::done).orElse(not(Outcome.ABSENT));
        }
        if (!Bucket.state(current.get()).equals(judged)) {
            return not(Outcome.CHANGED);
        }
        String version = current.get().versionId();
        if (version.equals(Bucket.NULL_VERSION) && bucket.versioning() != Bucket.Versioning.ENABLED) {
            return done(new QuarantinedFile(name, run, judged)); // a marker would destroy it
        }
        Place.hidden(judged, version, version); // that the ids are not too long
        String marker = mark(key, judged);
        Bucket.Versions after = bucket.versions(key);
        if (after.hiding().isPresent() && isFirst(after, version)) {
            String id = marker == null ? after.hiding().get().versionId() : marker;
            return done(new QuarantinedFile(name, run, Place.hidden(judged, version, id)));
        }
        if (after.version(version).isEmpty()) {
            throw new IOException(
                    "s3://" + bucket.name + ": version " + version + " of " + key
                            + " went in the moment when it was to be hidden: was it deleted by others, or the versioning suspended?");
        }
        if (marker != null
                && after.markers().stream().anyMatch(m -> m.versionId().equals(marker))) {
            bucket.deleteVersion(key, marker); // it hides, or would hide, what came meanwhile
        }
        return not(Outcome.CHANGED);
    }

    /**
     * Gives the id of the marker; null if the endpoint refused to make one, or does not say. A refusal may be the answer to the
     * second of two tries, the first of which did it: what the versions are afterwards tells.
     */
    private @Nullable String mark(String key, FileState judged) throws IOException {
        try {
            return bucket.delete(key, abilities.conditionalDelete() ? judged.version() : null)
                    .versionId();
        } catch (IOException e) {
            Deleter.outcome(e); // throws what is no refusal
            return null;
        }
    }

    private static boolean isFirst(Bucket.Versions versions, String version) {
        return !versions.versions().isEmpty()
                && versions.versions().get(0).versionId().equals(version);
    }

    private static Optional<QuarantinedFile> hidden(Bucket.Versions versions, String name, FileState judged, RunId run)
            throws IOException {
        Optional<DeleteMarkerEntry> marker = versions.hiding();
        if (marker.isEmpty() || versions.versions().isEmpty()) {
            return Optional.empty();
        }
        ObjectVersion version = versions.versions().get(0);
        return Bucket.state(version).equals(judged)
                ? Optional.of(new QuarantinedFile(
                        name,
                        run,
                        Place.hidden(judged, version.versionId(), marker.get().versionId())))
                : Optional.empty();
    }

    @Override
    public Optional<QuarantinedFile> find(String name, FileState judged, RunId run) throws IOException {
        String key = store.key(name);
        return bucket.versioning() == Bucket.Versioning.NONE
                ? Optional.empty()
                : hidden(bucket.versions(key), name, judged, run);
    }

    @Override
    public InputStream open(QuarantinedFile file) throws IOException {
        Place place = Place.of(file);
        return Download.open(
                bucket, store.key(file.name()), place.version(), place.version() == null ? place.eTag() : null);
    }

    @Override
    public Outcome restore(QuarantinedFile file) throws IOException {
        String key = store.key(file.name());
        Place place = Place.of(file);
        FileState judged = place.judged(file);
        if (place.version() == null) {
            Optional<FileState> found = bucket.look(key);
            return found.isEmpty() ? Outcome.ABSENT : found.get().equals(judged) ? Outcome.DONE : Outcome.CHANGED;
        }
        // A DELETE that was sent twice has made two markers.
        for (int i = 0; i < MOST_MARKERS; i++) {
            Bucket.Versions versions = bucket.versions(key);
            Optional<ObjectVersion> version = versions.version(place.version());
            if (version.isEmpty()) {
                return Outcome.ABSENT;
            }
            if (!isFirst(versions, place.version())
                    || !Bucket.state(version.get()).equals(judged)) {
                return Outcome.CHANGED;
            }
            if (versions.hiding().isEmpty()) {
                return Outcome.DONE;
            }
            bucket.deleteVersion(key, versions.hiding().get().versionId());
        }
        throw new IOException(
                "s3://" + bucket.name + ": " + key + " is hidden by more than " + MOST_MARKERS + " delete markers");
    }

    @Override
    public Outcome delete(QuarantinedFile file) throws IOException {
        Deletion deletion = plan(file, bucket.versioning());
        if (deletion.object() == null) {
            return Objects.requireNonNull(deletion.settled());
        }
        Outcome outcome = deleter.delete(deletion.object());
        if (outcome == Outcome.DONE) {
            for (ObjectIdentifier marker : deletion.markers()) {
                deleter.delete(marker);
            }
        }
        return outcome;
    }

    @Override
    public List<Attempt<Outcome>> deleteAll(List<QuarantinedFile> files) {
        files.forEach(file -> store.key(file.name()));
        List<Attempt<Deletion>> deletions;
        try {
            Bucket.Versioning versioning = bucket.versioning();
            // Without conditions the time between looking and deleting is to be short: each is deleted when it was
            // looked at.
            boolean together = abilities.batch() && abilities.conditionalBatch();
            deletions = Lanes.each(
                    Pages.LANES,
                    files,
                    file -> together || Place.of(file).version() != null
                            ? plan(file, versioning)
                            : Deletion.settled(delete(file)));
        } catch (IOException e) {
            return files.stream().map(file -> Attempt.<Outcome>failed(e)).toList();
        }
        List<Attempt<Outcome>> attempts = new ArrayList<>(files.size());
        List<Integer> positions = new ArrayList<>();
        List<ObjectIdentifier> objects = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            try {
                Deletion deletion = deletions.get(i).get();
                if (deletion.object() == null) {
                    attempts.add(Attempt.done(Objects.requireNonNull(deletion.settled())));
                    continue;
                }
                positions.add(i);
                objects.add(deletion.object());
                attempts.add(Attempt.done(Outcome.DONE));
            } catch (IOException e) {
                attempts.add(Attempt.failed(e));
            }
        }
        List<Attempt<Outcome>> deleted = deleter.deleteAll(objects);
        List<ObjectIdentifier> markers = new ArrayList<>();
        for (int i = 0; i < positions.size(); i++) {
            attempts.set(positions.get(i), deleted.get(i));
            if (deleted.get(i).failure().isEmpty()) {
                markers.addAll(marker(deletions.get(positions.get(i))));
            }
        }
        deleter.deleteAll(markers); // one that stays hides nothing, and goes when the bucket's lifecycle rules say so
        return attempts;
    }

    private static List<ObjectIdentifier> marker(Attempt<Deletion> deletion) {
        try {
            return deletion.get().markers();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is to be deleted of a file that was set aside. */
    private Deletion plan(QuarantinedFile file, Bucket.Versioning versioning) throws IOException {
        String key = store.key(file.name());
        Place place = Place.of(file);
        FileState judged = place.judged(file);
        if (place.version() != null) {
            return planHidden(key, place.version(), judged);
        }
        switch (versioning) {
            case NONE -> {
                Optional<FileState> found = bucket.look(key);
                if (found.isEmpty()) {
                    return Deletion.settled(Outcome.ABSENT);
                }
                return found.get().equals(judged)
                        ? Deletion.current(key, judged.version())
                        : Deletion.settled(Outcome.CHANGED);
            }
            case ENABLED -> { // by now: it is hidden first, so that no older version comes to light
                Moved moved = hide(key, file.name(), judged, file.run());
                return moved.file().isPresent() && Place.of(moved.file().get()).version() != null
                        ? plan(moved.file().get(), versioning)
                        : Deletion.settled(moved.outcome() == Outcome.ABSENT ? Outcome.ABSENT : Outcome.CHANGED);
            }
            case SUSPENDED -> {
                Optional<ObjectVersion> current = bucket.versions(key).current();
                if (current.isEmpty()) {
                    return Deletion.settled(Outcome.ABSENT);
                }
                if (!Bucket.state(current.get()).equals(judged)) {
                    return Deletion.settled(Outcome.CHANGED);
                }
                // The null version can have been replaced by now, so its ETag is the condition; any other is what its
                // id says.
                return current.get().versionId().equals(Bucket.NULL_VERSION)
                        ? Deletion.current(key, judged.version())
                        : Deletion.version(key, current.get().versionId(), List.of());
            }
        }
        throw new AssertionError(versioning);
    }

    private Deletion planHidden(String key, String id, FileState judged) throws IOException {
        Bucket.Versions versions = bucket.versions(key);
        List<String> markers = versions.versions().stream()
                        .allMatch(v -> v.versionId().equals(id))
                ? versions.markers().stream().map(DeleteMarkerEntry::versionId).toList()
                : List.of();
        Optional<ObjectVersion> version = versions.version(id);
        if (version.isEmpty()) {
            // Where a process was killed after it had deleted the version, its markers may be left.
            return markers.isEmpty()
                    ? Deletion.settled(Outcome.ABSENT)
                    : Deletion.version(key, markers.get(0), markers.subList(1, markers.size()));
        }
        return version.get().isLatest() || !Bucket.state(version.get()).equals(judged)
                ? Deletion.settled(Outcome.CHANGED)
                : Deletion.version(key, id, markers);
    }

    /** Nothing: what hides a file cannot be told from a marker that others made. */
    @Override
    public Stream<QuarantinedFile> list() {
        return Stream.empty();
    }
}
