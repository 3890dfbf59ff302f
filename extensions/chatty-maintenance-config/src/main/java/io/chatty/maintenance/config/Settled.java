package io.chatty.maintenance.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Every setting by its path, as it holds in the end; those that are null are left out. Immutable.
 *
 * @param values of which no one but {@link Changes} sees what is secret
 */
record Settled(SortedMap<String, ConfigValue> values) {

    static Settled of(ConfigObject root) {
        SortedMap<String, ConfigValue> all = new TreeMap<>();
        collect("", root, all);
        return new Settled(all);
    }

    private static void collect(String path, ConfigObject object, SortedMap<String, ConfigValue> all) {
        object.forEach((key, value) -> {
            String at = Problems.path(path, key);
            if (value instanceof ConfigObject below) {
                collect(at, below, all);
            } else if (value.valueType() != ConfigValueType.NULL) {
                all.put(at, value);
            }
        });
    }

    /** A value for people, without what is secret; null if it is not set. */
    String text(String path) {
        ConfigValue value = values.get(path);
        return value == null ? "null" : masked(path, value);
    }

    /** Each value by itself, also those in the objects of a list. */
    private static String masked(String path, ConfigValue value) {
        return switch (value.valueType()) {
            case LIST ->
                ((ConfigList) value)
                        .stream().map(each -> masked(path, each)).collect(Collectors.joining(", ", "[", "]"));
            case OBJECT ->
                ((ConfigObject) value)
                        .entrySet().stream()
                                .sorted(Map.Entry.comparingByKey())
                                .map(each -> each.getKey() + " = "
                                        + masked(Problems.path(path, each.getKey()), each.getValue()))
                                .collect(Collectors.joining(", ", "{ ", " }"));
            case NUMBER -> Secrets.masked(path, Kind.asWritten(value));
            default -> Secrets.masked(path, value.render(ConfigRenderOptions.concise()));
        };
    }

    /** All of them, a line each, without what is secret. */
    @Override
    public String toString() {
        return values.keySet().stream()
                .map(path -> path + " = " + text(path))
                .collect(Collectors.joining("\n  ", "\n  ", ""));
    }
}
