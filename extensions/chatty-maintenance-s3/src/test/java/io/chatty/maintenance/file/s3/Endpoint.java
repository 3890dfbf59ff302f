package io.chatty.maintenance.file.s3;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A bucket of its own on a real S3 endpoint in this process, in memory, which is the same for all tests. */
final class Endpoint {

    private static final S3Proxy SERVER = start();
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    /** What goes between {@link #client} and the endpoint. */
    final Wire wire = new Wire();

    /** A client through {@link #wire}. */
    final S3Client client;

    /** A client that is not disturbed, for what a test does beside the store. */
    final S3Client raw;

    final String bucket = "bucket-" + BUCKETS.incrementAndGet();

    Endpoint(ExecutionInterceptor... interceptors) {
        client = client(wire, interceptors);
        raw = client(new Wire());
        raw.createBucket(r -> r.bucket(bucket));
    }

    private static S3Proxy start() {
        try {
            S3Proxy server = S3Proxy.builder()
                    .blobStore(new TransientNio2BlobStore())
                    .endpoint(URI.create("http://127.0.0.1:0"))
                    .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "id", "secret")
                    .build();
            server.start();
            return server;
        } catch (Exception e) {
            throw new IllegalStateException("cannot start the S3 endpoint", e);
        }
    }

    private static S3Client client(Wire wire, ExecutionInterceptor... interceptors) {
        return S3Client.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + SERVER.getPort()))
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")))
                .httpClient(wire)
                .overrideConfiguration(configuration -> {
                    configuration.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(3)
                            .backoffStrategy(BackoffStrategy.fixedDelay(Duration.ofMillis(1)))
                            .throttlingBackoffStrategy(BackoffStrategy.fixedDelay(Duration.ofMillis(1)))
                            .circuitBreakerEnabled(false)
                            .build());
                    for (ExecutionInterceptor interceptor : interceptors) {
                        configuration.addExecutionInterceptor(interceptor);
                    }
                })
                .build();
    }

    Endpoint versioning(BucketVersioningStatus status) {
        raw.putBucketVersioning(r -> r.bucket(bucket).versioningConfiguration(v -> v.status(status)));
        return this;
    }

    /** A bucket that has kept versions once and keeps none now. */
    Endpoint suspended() {
        return versioning(BucketVersioningStatus.ENABLED).versioning(BucketVersioningStatus.SUSPENDED);
    }

    S3FileStore open(String prefix) throws java.io.IOException {
        S3FileStore store = S3FileStore.builder(client, bucket).prefix(prefix).open();
        wire.takeSent();
        return store;
    }

    void put(String key, String text) {
        raw.putObject(r -> r.bucket(bucket).key(key), RequestBody.fromString(text));
    }

    String get(String key) {
        return raw.getObjectAsBytes(r -> r.bucket(bucket).key(key)).asUtf8String();
    }

    /** All keys of the bucket that are there now. */
    List<String> keys() {
        return raw.listObjectsV2Paginator(r -> r.bucket(bucket).encodingType("url")).contents().stream()
                .map(S3Object::key)
                .toList();
    }

    /** All versions and markers of the bucket, as {@code key}, {@code key (old)} and {@code key (marker)}. */
    List<String> versions() {
        var all = raw.listObjectVersions(r -> r.bucket(bucket).encodingType("url"));
        return java.util.stream.Stream.concat(
                        all.versions().stream().map(v -> v.key() + (v.isLatest() ? "" : " (old)")),
                        all.deleteMarkers().stream().map(m -> m.key() + " (marker)"))
                .sorted()
                .toList();
    }
}
