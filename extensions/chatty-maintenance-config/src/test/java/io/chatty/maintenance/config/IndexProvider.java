package io.chatty.maintenance.config;

import io.chatty.maintenance.retention.RemovalListener;
import io.chatty.maintenance.retention.RemovedMessage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Makes listeners that write down what they are told, by the name of an index. */
public final class IndexProvider implements RemovalListenerProvider {

    private static final Map<String, List<String>> TOLD = new ConcurrentHashMap<>();

    /** For the service loader. */
    public IndexProvider() {}

    /** What listeners for that index were told. */
    static List<String> told(String index) {
        return TOLD.computeIfAbsent(index, any -> new CopyOnWriteArrayList<>());
    }

    @Override
    public String name() {
        return "search-index";
    }

    @Override
    public RemovalListener create(PluginSettings settings) {
        String index = settings.text("index").orElseThrow(() -> new IllegalArgumentException("index: missing"));
        return messages -> messages.stream().map(RemovedMessage::toString).forEach(told(index)::add);
    }
}
