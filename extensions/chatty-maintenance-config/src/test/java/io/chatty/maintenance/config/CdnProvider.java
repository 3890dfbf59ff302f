package io.chatty.maintenance.config;

import io.chatty.maintenance.file.EvictableFile;
import io.chatty.maintenance.file.EvictionListener;
import io.chatty.maintenance.jdbc.DatabaseUsage.FollowingRows;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Makes listeners that keep the files which the file names, and write down what went, in memory and in a table. */
public final class CdnProvider implements EvictionListenerProvider {

    private static final Map<String, List<String>> TOLD = new ConcurrentHashMap<>();

    /** For the service loader. */
    public CdnProvider() {}

    /** What the listener of that name was told. */
    static List<String> told(String name) {
        return TOLD.computeIfAbsent(name, any -> new CopyOnWriteArrayList<>());
    }

    @Override
    public String name() {
        return "cdn";
    }

    @Override
    public EvictionListener create(PluginSettings settings) {
        String log = settings.text("log").orElseThrow(() -> new IllegalArgumentException("log: missing"));
        Set<String> keeps = Set.copyOf(settings.texts("keeps"));
        return new EvictionListener() {
            @Override
            public Set<String> kept(List<EvictableFile> files) {
                Set<String> kept = new TreeSet<>(keeps);
                kept.retainAll(files.stream().map(EvictableFile::name).toList());
                return kept;
            }

            @Override
            public void released(List<EvictableFile> files) {
                files.forEach(file -> told(log).add(file.name()));
            }
        };
    }

    @Override
    public FollowingRows following(PluginSettings settings) {
        String table = settings.text("table").orElse("");
        return (connection, files) -> {
            if (table.isEmpty()) {
                return;
            }
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table + " VALUES (?)")) {
                for (EvictableFile file : files) {
                    insert.setString(1, file.name());
                    insert.executeUpdate();
                }
            }
        };
    }
}
