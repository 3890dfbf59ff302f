package io.chatty.maintenance.file.s3;

import io.chatty.maintenance.file.FileState;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The requests for single objects of a bucket. */
final class Bucket {

    /** The id of the version that was written while the bucket kept none, which can be written over. */
    static final String NULL_VERSION = "null";

    /** More than an object has versions, as a rule: what else begins with its key is read in vain. */
    private static final int VERSIONS_A_PAGE = 20;

    final S3Client client;
    final String name;
    final Requests requests;

    Bucket(S3Client client, String name) {
        this.client = client;
        this.name = name;
        this.requests = new Requests(name);
    }

    /** Whether a bucket keeps the versions of its objects. */
    enum Versioning {
        NONE,
        ENABLED,
        SUSPENDED
    }

    Versioning versioning() throws IOException {
        BucketVersioningStatus status;
        try {
            status = requests.send(
                    "ask whether the bucket keeps versions",
                    () -> client.getBucketVersioning(r -> r.bucket(name)).status());
        } catch (IOException e) {
            if (Requests.status(e) == 405 || Requests.status(e) == 501) {
                return Versioning.NONE; // an endpoint that knows no versions
            }
            throw e;
        }
        if (status == null) {
            return Versioning.NONE;
        }
        return switch (status) {
            case ENABLED -> Versioning.ENABLED;
            case SUSPENDED -> Versioning.SUSPENDED;
            case UNKNOWN_TO_SDK_VERSION ->
                throw new IOException(
                        "s3://" + name + ": keeps versions in a way that is not known; Enabled and Suspended are");
        };
    }

    /** Fails unless the bucket is there. Gives its answer's time. */
    Optional<String> dateHeader() throws IOException {
        return requests.send("see the bucket", () -> client.headBucket(r -> r.bucket(name)))
                .sdkHttpResponse()
                .firstMatchingHeader("Date");
    }

    /** What the object is now; empty if there is none. */
    Optional<FileState> look(String key) throws IOException {
        try {
            HeadObjectResponse head = requests.send(
                    "look at " + key,
                    () -> client.headObject(r -> r.bucket(name).key(key)));
            return Optional.of(state(head.contentLength(), head.lastModified(), head.eTag()));
        } catch (IOException e) {
            if (Requests.status(e) != Requests.NOT_FOUND) {
                throw e;
            }
            dateHeader(); // an answer to HEAD does not say whether the object is missing or the bucket
            return Optional.empty();
        }
    }

    static FileState state(@Nullable Long size, @Nullable Instant lastModified, @Nullable String eTag)
            throws IOException {
        if (size == null || lastModified == null || eTag == null) {
            throw new IOException("an object without size, time or ETag: the endpoint does not speak as S3 does");
        }
        // Listings of some endpoints have more of the time than answers to HEAD, whose header has whole seconds.
        return new FileState(size, lastModified.truncatedTo(ChronoUnit.SECONDS), bare(eTag));
    }

    /** The ETag without its quotes, with which some endpoints do and some do not give it. */
    static String bare(String eTag) {
        return eTag.length() > 1 && eTag.startsWith("\"") && eTag.endsWith("\"")
                ? eTag.substring(1, eTag.length() - 1)
                : eTag;
    }

    static String quoted(String bareETag) {
        return "\"" + bareETag + "\"";
    }

    /** Deletes the object, if it still has that ETag where one is given: where the bucket keeps versions, puts a marker on top. */
    DeleteObjectResponse delete(String key, @Nullable String bareETag) throws IOException {
        return requests.send(
                "delete " + key,
                () -> client.deleteObject(
                        r -> r.bucket(name).key(key).ifMatch(bareETag == null ? null : quoted(bareETag))));
    }

    /** Deletes exactly that version, or that marker. */
    void deleteVersion(String key, String versionId) throws IOException {
        requests.send(
                "delete version " + versionId + " of " + key,
                () -> client.deleteObject(r -> r.bucket(name).key(key).versionId(versionId)));
    }

    /** All versions of an object and its delete markers, newest first each. */
    record Versions(List<ObjectVersion> versions, List<DeleteMarkerEntry> markers) {

        /** The version that is the object now, if it is there. */
        Optional<ObjectVersion> current() {
            return versions.stream().filter(ObjectVersion::isLatest).findFirst();
        }

        /** The marker that hides the object now, if it is hidden. */
        Optional<DeleteMarkerEntry> hiding() {
            return markers.stream().filter(DeleteMarkerEntry::isLatest).findFirst();
        }

        Optional<ObjectVersion> version(String id) {
            return versions.stream().filter(v -> v.versionId().equals(id)).findFirst();
        }
    }

    Versions versions(String key) throws IOException {
        List<ObjectVersion> versions = new ArrayList<>();
        List<DeleteMarkerEntry> markers = new ArrayList<>();
        String keyMarker = null;
        String versionMarker = null;
        while (true) {
            String afterKey = keyMarker;
            String afterVersion = versionMarker;
            ListObjectVersionsResponse page = requests.send(
                    "list the versions of " + key,
                    () -> client.listObjectVersions(r -> r.bucket(name)
                            .prefix(key)
                            .maxKeys(VERSIONS_A_PAGE)
                            .keyMarker(afterKey)
                            .versionIdMarker(afterVersion)
                            .encodingType(EncodingType.URL)));
            page.versions().stream().filter(v -> v.key().equals(key)).forEach(versions::add);
            page.deleteMarkers().stream().filter(m -> m.key().equals(key)).forEach(markers::add);
            // A key stands before all that begin with it.
            boolean beyond = page.versions().stream().anyMatch(v -> !v.key().equals(key))
                    || page.deleteMarkers().stream().anyMatch(m -> !m.key().equals(key));
            if (beyond || !Boolean.TRUE.equals(page.isTruncated())) {
                return new Versions(versions, markers);
            }
            keyMarker = page.nextKeyMarker();
            versionMarker = page.nextVersionIdMarker();
        }
    }

    static FileState state(ObjectVersion version) throws IOException {
        return state(version.size(), version.lastModified(), version.eTag());
    }

    /** Whether a refusal says that this request is not known or not allowed in this form, rather than that it failed. */
    static boolean refusesForm(IOException failure) {
        if (!(failure.getCause() instanceof S3Exception e)) {
            return false;
        }
        return e.statusCode() == 400 || e.statusCode() == 405 || e.statusCode() == 411 || e.statusCode() == 501;
    }
}
