package io.chatty.maintenance.file.s3;

import io.chatty.maintenance.file.FileQuarantine.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;

/**
 * What is to be deleted of a file, after it was looked at.
 *
 * @param settled what came of it, if nothing is to be deleted
 * @param object what is to be deleted, otherwise
 * @param markers which markers go once that is deleted
 */
record Deletion(@Nullable Outcome settled, @Nullable ObjectIdentifier object, List<ObjectIdentifier> markers) {

    static Deletion settled(Outcome outcome) {
        return new Deletion(outcome, null, List.of());
    }

    /** The object, if it still has that ETag. */
    static Deletion current(String key, String bareETag) {
        return new Deletion(
                null,
                ObjectIdentifier.builder()
                        .key(key)
                        .eTag(Bucket.quoted(bareETag))
                        .build(),
                List.of());
    }

    /** A version, and markers after it. */
    static Deletion version(String key, String id, List<String> markers) {
        return new Deletion(
                null,
                version(key, id),
                markers.stream().map(marker -> version(key, marker)).toList());
    }

    private static ObjectIdentifier version(String key, String id) {
        return ObjectIdentifier.builder().key(key).versionId(id).build();
    }
}
