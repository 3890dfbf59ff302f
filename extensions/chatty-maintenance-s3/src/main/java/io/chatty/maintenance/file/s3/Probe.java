package io.chatty.maintenance.file.s3;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Finds out what an endpoint does, with scratch objects of its own: many that speak like S3 take a condition and do not heed it,
 * which nothing but trying can tell.
 */
final class Probe {

    static final String FOLDER = "probe/";

    private static final String WRONG_ETAG = "00000000000000000000000000000000";
    private static final Duration STALE = Duration.ofDays(1);

    // In the order of their bytes. In UTF-16 the last two change places; with letters regarded as equal, or a folder
    // after
    // what begins with its name, the first ones do.
    private static final List<String> NAMES = List.of("B", "a", "b.txt", "b/x", "\uffee", "\ud83d\ude00");

    private final Bucket bucket;
    private final String folder;
    private final String scratch;

    Probe(Bucket bucket, String ownFolder) {
        this.bucket = bucket;
        this.folder = ownFolder + FOLDER;
        this.scratch = folder + UUID.randomUUID() + "/";
    }

    Abilities run() throws IOException {
        Instant now = S3FileStore.time(bucket);
        Bucket.Versioning versioning = bucket.versioning();
        removeStale(versioning, now.minus(STALE));
        try {
            boolean conditionalPut = seesPutRefused();
            List<String> eTags = new ArrayList<>();
            for (String name : NAMES) {
                eTags.add(put(name, "x", false));
            }
            List<String> listed = list(null);
            boolean resumes = listed.size() == NAMES.size()
                    && list(scratch + listed.get(2)).equals(listed.subList(3, listed.size()));
            Abilities.Order order = resumes ? order(listed) : Abilities.Order.UNKNOWN;
            boolean conditionalDelete = seesDeleteRefused("a") && seesDeleteDone("B", eTags.get(0));
            return batch(new Abilities(conditionalPut, conditionalDelete, false, false, order, resumes), eTags.get(3));
        } finally {
            remove(versioning, list(scratch, null).stream().map(S3Object::key).toList(), scratch);
        }
    }

    private String put(String name, String text, boolean ifAbsent) throws IOException {
        String eTag = bucket.requests.send(
                "write " + scratch + name,
                () -> bucket.client
                        .putObject(
                                r -> r.bucket(bucket.name).key(scratch + name).ifNoneMatch(ifAbsent ? "*" : null),
                                RequestBody.fromString(text, StandardCharsets.UTF_8))
                        .eTag());
        if (eTag == null) {
            throw new IOException(
                    "s3://" + bucket.name + ": the endpoint gives no ETag, by which one content is told from another");
        }
        return Bucket.bare(eTag);
    }

    private boolean seesPutRefused() throws IOException {
        try {
            put("B", "x", true);
        } catch (IOException e) {
            if (Bucket.refusesForm(e)) {
                return false;
            }
            if (Requests.status(e) == Requests.PRECONDITION_FAILED) {
                return true; // the client tried twice, and only the answer to the first had been lost
            }
            throw e;
        }
        try {
            put("B", "another", true);
            return false;
        } catch (IOException e) {
            if (Requests.status(e) == Requests.PRECONDITION_FAILED) {
                return true;
            }
            throw e;
        }
    }

    private boolean seesDeleteRefused(String name) throws IOException {
        try {
            bucket.delete(scratch + name, WRONG_ETAG);
            return false;
        } catch (IOException e) {
            if (Requests.status(e) == Requests.PRECONDITION_FAILED) {
                return bucket.look(scratch + name).isPresent();
            }
            if (Bucket.refusesForm(e)) {
                return false;
            }
            throw e;
        }
    }

    private boolean seesDeleteDone(String name, String eTag) throws IOException {
        try {
            bucket.delete(scratch + name, eTag);
            return bucket.look(scratch + name).isEmpty();
        } catch (IOException e) {
            if (Requests.status(e) == Requests.PRECONDITION_FAILED || Bucket.refusesForm(e)) {
                return false;
            }
            throw e;
        }
    }

    private Abilities batch(Abilities soFar, String eTag) throws IOException {
        ObjectIdentifier wrong = ObjectIdentifier.builder()
                .key(scratch + "b.txt")
                .eTag(Bucket.quoted(WRONG_ETAG))
                .build();
        ObjectIdentifier right = ObjectIdentifier.builder()
                .key(scratch + "b/x")
                .eTag(Bucket.quoted(eTag))
                .build();
        DeleteObjectsResponse response;
        try {
            response = bucket.requests.send(
                    "delete several objects at once",
                    () -> bucket.client.deleteObjects(r -> r.bucket(bucket.name).delete(d -> d.objects(wrong, right))));
        } catch (IOException e) {
            if (Bucket.refusesForm(e)) {
                return soFar; // such as older MinIO and Ceph, which refuse the checksums of the SDK
            }
            throw e;
        }
        boolean deletes = response.deleted().stream().anyMatch(d -> right.key().equals(d.key()))
                && bucket.look(right.key()).isEmpty();
        boolean conditional =
                response.errors().stream().anyMatch(e -> wrong.key().equals(e.key()))
                        && bucket.look(wrong.key()).isPresent();
        return new Abilities(
                soFar.conditionalPut(),
                soFar.conditionalDelete(),
                deletes,
                deletes && conditional,
                soFar.order(),
                soFar.resumes());
    }

    private static Abilities.Order order(List<String> listed) {
        if (listed.equals(NAMES)) {
            return Abilities.Order.BYTES;
        }
        List<String> utf16 = new ArrayList<>(NAMES);
        utf16.sort(null);
        return listed.equals(utf16) ? Abilities.Order.UTF_16 : Abilities.Order.UNKNOWN;
    }

    private List<String> list(@Nullable String after) throws IOException {
        return list(scratch, after).stream()
                .map(object -> object.key().substring(scratch.length()))
                .toList();
    }

    private List<S3Object> list(String prefix, @Nullable String after) throws IOException {
        ListObjectsV2Response page = bucket.requests.send(
                "list " + prefix,
                () -> bucket.client.listObjectsV2(r ->
                        r.bucket(bucket.name).prefix(prefix).startAfter(after).encodingType(EncodingType.URL)));
        return page.contents();
    }

    /** Removes what a process left here that was killed. */
    private void removeStale(Bucket.Versioning versioning, Instant before) throws IOException {
        for (S3Object object : list(folder, null)) {
            if (object.lastModified().isBefore(before)) {
                remove(versioning, List.of(object.key()), object.key());
            }
        }
    }

    private void remove(Bucket.Versioning versioning, List<String> keys, String prefix) throws IOException {
        if (versioning == Bucket.Versioning.NONE) {
            for (String key : keys) {
                bucket.delete(key, null);
            }
            return;
        }
        ListObjectVersionsResponse all = bucket.requests.send(
                "list versions of " + prefix,
                () -> bucket.client.listObjectVersions(
                        r -> r.bucket(bucket.name).prefix(prefix).encodingType(EncodingType.URL)));
        for (var version : all.versions()) {
            bucket.deleteVersion(version.key(), version.versionId());
        }
        for (var marker : all.deleteMarkers()) {
            bucket.deleteVersion(marker.key(), marker.versionId());
        }
    }
}
