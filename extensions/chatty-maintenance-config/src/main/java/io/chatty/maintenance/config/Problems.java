package io.chatty.maintenance.config;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The mistakes that were found, in the order in which they were. Not thread-safe. */
final class Problems {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");

    private final List<String> found = new ArrayList<>();

    void add(String path, String text, @Nullable ConfigOrigin origin) {
        found.add(path + ": " + text
                + (origin == null || origin.lineNumber() < 1 ? "" : " (line " + origin.lineNumber() + ")"));
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
