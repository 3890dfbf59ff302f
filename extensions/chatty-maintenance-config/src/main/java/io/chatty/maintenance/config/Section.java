package io.chatty.maintenance.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One object of the file. It remembers which keys it was asked for: all others are {@linkplain #end unknown}, so what is
 * read and what is allowed cannot drift apart. What cannot be read is noted as a problem and counts as not set. Not
 * thread-safe.
 */
final class Section {

    /** What setters say: the name and the value as they know them, then what is allowed. */
    private static final Pattern REFUSAL = Pattern.compile("(?s)^[^:]+: (.*? given[,;:] )?(.*)$");

    private final String path;
    private final ConfigObject values;
    private final Problems problems;
    private final Set<String> known;
    private final boolean unreadable;

    private Section(String path, ConfigObject values, Problems problems, Set<String> known) {
        this(path, values, problems, known, false);
    }

    /**
     * One section.
     *
     * @param unreadable it is no object, which was told: what is missing in it is no mistake of its own
     */
    private Section(String path, ConfigObject values, Problems problems, Set<String> known, boolean unreadable) {
        this.path = path;
        this.values = values;
        this.problems = problems;
        this.known = known;
        this.unreadable = unreadable;
    }

    static Section root(ConfigObject values, Problems problems) {
        return new Section("", values, problems, new TreeSet<>());
    }

    /** The same section, with the values of another one where it has none itself. */
    Section over(Section defaults) {
        return new Section(path, values.withFallback(defaults.values), problems, known);
    }

    /** The same section without any value. */
    Section none() {
        return new Section(path, nothing(), problems, known);
    }

    String path(String key) {
        return Problems.path(path, key);
    }

    String path() {
        return path;
    }

    // ---- single values

    /** The value; empty if it is not set, or null. */
    private Optional<ConfigValue> value(String key) {
        known.add(key);
        return Optional.ofNullable(values.get(key)).filter(value -> value.valueType() != ConfigValueType.NULL);
    }

    boolean has(String key) {
        return value(key).isPresent();
    }

    /** Whether it is set to null, which is otherwise as if it were not set. */
    boolean isNull(String key) {
        return values.containsKey(key) && !has(key);
    }

    /** The value; empty if it is not set, or was noted as a problem. */
    <T> Optional<T> get(String key, Kind<T> kind) {
        return value(key).flatMap(value -> read(path(key), value, kind));
    }

    private <T> Optional<T> read(String at, ConfigValue value, Kind<T> kind) {
        try {
            return Optional.of(kind.read(value));
        } catch (IllegalArgumentException e) {
            problems.add(at, Kind.given(at, value) + " given, allowed is " + e.getMessage(), value.origin());
            return Optional.empty();
        }
    }

    /** The value; a problem if it is not set. */
    <T> Optional<T> required(String key, Kind<T> kind, String allowed) {
        if (!has(key)) {
            problem(key, "missing; required is " + allowed);
        }
        return get(key, kind);
    }

    /** Hands the value over; what the setter throws is a problem. */
    <T> void set(String key, Kind<T> kind, Consumer<T> setter) {
        get(key, kind).ifPresent(value -> attempt(key, () -> setter.accept(value)));
    }

    /** At most one of two is allowed; gives false, and notes a problem of the second, if both are set. */
    boolean either(String one, String other) {
        if (has(one) && has(other)) {
            refuse(other, "but " + path(one) + " is set, too; leave one of the two away");
            return false;
        }
        return true;
    }

    /** Does what depends on the value of that key; an IllegalArgumentException is a problem, and gives false. */
    boolean attempt(String key, Runnable action) {
        try {
            action.run();
            return true;
        } catch (IllegalArgumentException e) {
            Matcher refusal = REFUSAL.matcher(String.valueOf(e.getMessage()));
            String allowed = refusal.matches() ? refusal.group(2) : String.valueOf(e.getMessage());
            ConfigValue value = values.get(key);
            String given = value == null ? "" : Kind.given(path(key), value) + " given, ";
            problem(key, given + inWordsOfTheFile(allowed));
            return false;
        }
    }

    /** Does something with each value of a {@link #list}; an IllegalArgumentException is a problem of its place. */
    <T> void attemptEach(Map<String, T> list, Consumer<T> action) {
        list.forEach((at, value) -> {
            try {
                action.accept(value);
            } catch (IllegalArgumentException e) {
                Matcher refusal = REFUSAL.matcher(String.valueOf(e.getMessage()));
                problemAt(
                        at,
                        "\"" + value + "\" given, "
                                + inWordsOfTheFile(
                                        refusal.matches() ? refusal.group(2) : String.valueOf(e.getMessage())));
            }
        });
    }

    private static String inWordsOfTheFile(String text) {
        return Units.inWords(text).replace("slowAt", "slow-at").replace("stopAt", "stop-at");
    }

    /** Notes a problem of that key. */
    void problem(String key, String text) {
        if (unreadable) {
            return;
        }
        problems.add(path(key), text, origin(values.get(key)));
    }

    /** Notes a problem of that key, beginning with what was given. */
    void refuse(String key, String text) {
        ConfigValue value = values.get(key);
        problem(key, (value == null ? "nothing" : Kind.given(path(key), value)) + " given, " + text);
    }

    /** Notes a problem of the section. */
    void problem(String text) {
        if (unreadable) {
            return;
        }
        problems.add(path, text, origin(values));
    }

    private static @Nullable ConfigOrigin origin(@Nullable ConfigValue value) {
        return value == null ? null : value.origin();
    }

    /** How many mistakes were found so far, here and elsewhere. */
    int mistakes() {
        return problems.count();
    }

    // ---- sections in it

    private static ConfigObject nothing() {
        return ConfigValueFactory.fromMap(Map.of());
    }

    private Section section(String at, ConfigValue value) {
        if (value instanceof ConfigObject object) {
            return new Section(at, object, problems, new TreeSet<>());
        }
        problems.add(at, Kind.given(at, value) + " given, allowed is an object { … }", value.origin());
        return new Section(at, nothing(), problems, new TreeSet<>(), true);
    }

    /** The section of that key; empty of values if it is not set. */
    Section section(String key) {
        return value(key)
                .map(value -> section(path(key), value))
                .orElseGet(() -> new Section(path(key), nothing(), problems, new TreeSet<>()));
    }

    /** Whether the value is that text. */
    boolean valueIs(String key, String text) {
        return value(key).filter(value -> text.equals(value.unwrapped())).isPresent();
    }

    /** Whether the value is a list. */
    boolean isList(String key) {
        return value(key).filter(ConfigList.class::isInstance).isPresent();
    }

    /** Whether the value is an object. */
    boolean isSection(String key) {
        return value(key).filter(ConfigObject.class::isInstance).isPresent();
    }

    /** The sections of a list; a single object is a list of one. */
    List<Section> sections(String key) {
        List<Section> all = new ArrayList<>();
        value(key).ifPresent(value -> {
            if (value instanceof ConfigList list) {
                for (int i = 0; i < list.size(); i++) {
                    all.add(section(path(key) + "[" + i + "]", list.get(i)));
                }
            } else {
                all.add(section(path(key), value));
            }
        });
        return all;
    }

    /** The sections of an object, by name, in the order of the names. */
    Map<String, Section> named(String key) {
        Section of = section(key);
        Map<String, Section> all = new LinkedHashMap<>();
        of.keys().forEach(name -> of.value(name).ifPresent(value -> all.put(name, of.section(of.path(name), value))));
        return all;
    }

    /** The values of a list, by their place: those that could be read. A single value is no list. */
    <T> Map<String, T> list(String key, Kind<T> kind) {
        Map<String, T> all = new LinkedHashMap<>();
        value(key).ifPresent(value -> {
            if (value instanceof ConfigList list) {
                for (int i = 0; i < list.size(); i++) {
                    String at = path(key) + "[" + i + "]";
                    read(at, list.get(i), kind).ifPresent(read -> all.put(at, read));
                }
            } else {
                problem(key, Kind.given(path(key), value) + " given, allowed is a list [ … ]");
            }
        });
        return all;
    }

    /** Notes a problem of a place in a list, see {@link #list}. */
    void problemAt(String at, String text) {
        problems.add(at, text, values.origin());
    }

    /** All keys, in order. */
    Set<String> keys() {
        return new TreeMap<>(values).keySet();
    }

    /** Keys that were asked for. */
    Set<String> known() {
        return known;
    }

    /** Everything was asked for: what was not is unknown. */
    void end() {
        for (String key : keys()) {
            if (!known.contains(key)) {
                problem(
                        key,
                        "unknown; " + (known.isEmpty() ? "no settings are" : String.join(", ", known) + " are")
                                + " allowed here" + Nearest.hint(key, known));
            }
        }
    }
}
