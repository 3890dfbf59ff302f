package io.chatty.maintenance.file.s3;

import io.chatty.maintenance.file.Attempt;
import io.chatty.maintenance.file.FileQuarantine.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.DeletedObject;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

/** Deletes objects and versions, one by one or a thousand in one request. */
final class Deleter {

    private static final Logger LOG = LoggerFactory.getLogger(S3FileStore.class);
    private static final int KEYS_A_REQUEST = 1000; // what S3 allows
    private static final int LANES = 4;

    private final Bucket bucket;
    private final Abilities abilities;

    Deleter(Bucket bucket, Abilities abilities) {
        this.bucket = bucket;
        this.abilities = abilities;
    }

    /** Deletes one: a version by its id, an object on the condition of its ETag where the endpoint heeds that. */
    Outcome delete(ObjectIdentifier object) throws IOException {
        try {
            if (object.versionId() != null) {
                bucket.deleteVersion(object.key(), object.versionId());
            } else {
                bucket.delete(object.key(), abilities.conditionalDelete() ? Bucket.bare(object.eTag()) : null);
            }
            return Outcome.DONE;
        } catch (IOException e) {
            return outcome(e);
        }
    }

    /** What a refused condition says; throws anything else. */
    static Outcome outcome(IOException e) throws IOException {
        if (e instanceof Requests.Unavailable) {
            throw e;
        }
        return switch (Requests.status(e)) {
            case Requests.NOT_FOUND -> Outcome.ABSENT;
            case Requests.PRECONDITION_FAILED, Requests.CONFLICT -> Outcome.CHANGED;
            default -> throw e;
        };
    }

    /** Deletes them, with what came of each in their order. */
    List<Attempt<Outcome>> deleteAll(List<ObjectIdentifier> objects) {
        if (!abilities.batch()) {
            return Lanes.each(Pages.LANES, objects, this::delete);
        }
        List<List<ObjectIdentifier>> requests = new ArrayList<>();
        for (int from = 0; from < objects.size(); from += KEYS_A_REQUEST) {
            requests.add(objects.subList(from, Math.min(objects.size(), from + KEYS_A_REQUEST)));
        }
        List<Attempt<List<Attempt<Outcome>>>> answers = Lanes.each(LANES, requests, this::send);
        List<Attempt<Outcome>> attempts = new ArrayList<>(objects.size());
        for (int i = 0; i < requests.size(); i++) {
            try {
                attempts.addAll(answers.get(i).get());
            } catch (IOException e) {
                requests.get(i).forEach(object -> attempts.add(Attempt.failed(e)));
            }
        }
        return attempts;
    }

    private List<Attempt<Outcome>> send(List<ObjectIdentifier> objects) throws IOException {
        DeleteObjectsResponse response;
        try {
            response = bucket.requests.send(
                    "delete " + objects.size() + " objects",
                    () -> bucket.client.deleteObjects(r -> r.bucket(bucket.name).delete(d -> d.objects(objects))));
        } catch (IOException e) {
            if (!Bucket.refusesForm(e)) {
                throw e;
            }
            LOG.warn("{}; deleting the {} objects one by one", e.getMessage(), objects.size());
            return Lanes.each(Pages.LANES, objects, this::delete);
        }
        Map<Told, Attempt<Outcome>> told = new HashMap<>();
        for (DeletedObject deleted : response.deleted()) {
            told.put(new Told(deleted.key(), deleted.versionId()), Attempt.done(Outcome.DONE));
        }
        for (S3Error error : response.errors()) {
            told.put(new Told(error.key(), error.versionId()), attempt(error)); // beside a success, the error counts
        }
        List<Attempt<Outcome>> attempts = new ArrayList<>(objects.size());
        for (ObjectIdentifier object : objects) {
            Attempt<Outcome> attempt = told.get(new Told(object.key(), object.versionId()));
            attempts.add(
                    attempt != null
                            ? attempt
                            : Attempt.failed(
                                    new IOException("s3://" + bucket.name + ": the endpoint does not say what came of "
                                            + object.key() + "; it may be deleted or not")));
        }
        return attempts;
    }

    /** Which object an answer tells of; some endpoints leave an id empty where others leave it out. */
    private record Told(String key, @Nullable String versionId) {
        Told {
            versionId = versionId == null || versionId.isEmpty() ? null : versionId;
        }
    }

    private Attempt<Outcome> attempt(S3Error error) {
        return switch (error.code() == null ? "" : error.code()) {
            case "PreconditionFailed", "ConditionalRequestConflict" -> Attempt.done(Outcome.CHANGED);
            case "NoSuchKey", "NoSuchVersion" -> Attempt.done(Outcome.ABSENT);
            default ->
                Attempt.failed(new IOException("s3://" + bucket.name + ": cannot delete " + error.key() + ": "
                        + error.code() + ", " + error.message()));
        };
    }
}
