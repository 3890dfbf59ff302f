package io.chatty.maintenance.config;

import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.testkit.InMemoryFileStore;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Makes stores in memory, by name. */
public final class BucketProvider implements FileStoreProvider {

    private static final Map<String, InMemoryFileStore> BUCKETS = new ConcurrentHashMap<>();

    /** For the service loader. */
    public BucketProvider() {}

    static InMemoryFileStore bucket(String name) {
        return BUCKETS.computeIfAbsent(name, any -> new InMemoryFileStore(InstantSource.system()));
    }

    @Override
    public String name() {
        return "bucket";
    }

    @Override
    public SweepableStore create(PluginSettings settings) {
        return bucket(settings.text("bucket").orElse("none"));
    }
}
