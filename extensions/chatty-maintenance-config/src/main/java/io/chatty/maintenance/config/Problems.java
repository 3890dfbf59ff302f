package io.chatty.maintenance.config;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The mistakes that were found, in the order in which they were. Not thread-safe. */
final class Problems {

    /** What the origin of a default says, which nobody wrote. */
    static final String DEFAULT = "a default of chatty-maintenance";

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");

    /** What was read more than once is told once. */
    private final Set<String> found = new LinkedHashSet<>();

    private final String document;

    /**
     * None yet.
     *
     * @param document the origin of what somebody wrote: what stands in another file, which was included, is told with that
     */
    Problems(ConfigOrigin document) {
        this.document = file(document);
    }

    void add(String path, String text, @Nullable ConfigOrigin origin) {
        found.add(path + ": " + text + (origin == null ? "" : place(origin)));
    }

    /** Where it stands; nothing for defaults, whose lines nobody wrote. */
    private String place(ConfigOrigin origin) {
        String file = file(origin);
        if (origin.lineNumber() < 1 || origin.description().startsWith(DEFAULT)) {
            return "";
        }
        return " (line " + origin.lineNumber() + (file.equals(document) ? "" : " of " + file) + ")";
    }

    private static String file(ConfigOrigin origin) {
        return Stream.of(origin.filename(), origin.url(), origin.resource())
                .filter(Objects::nonNull)
                .map(String::valueOf)
                .findFirst()
                .orElse("");
    }

    List<String> all() {
        return List.copyOf(found);
    }

    int count() {
        return found.size();
    }

    /** The path of a key, written as the file would have to write it. */
    static String path(String above, String key) {
        String written = PLAIN.matcher(key).matches() ? key : ConfigUtil.quoteString(key);
        return above.isEmpty() ? written : above + "." + written;
    }
}
