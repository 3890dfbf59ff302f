package io.chatty.maintenance.jdbc;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** See {@link FileNaming#addresses}. Race R5: of an address only what tells one file from another counts. */
final class Addresses implements FileNaming {

    private static final Pattern AUTHORITY = Pattern.compile("(?:[A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*");
    private static final String UNRESERVED = "-._~/";
    private static final String ALLOWED_IN_PATHS = UNRESERVED + "!$&'()*+,;=:@"; // RFC 3986, pchar

    private final List<String> bases;

    Addresses(List<String> bases) {
        this.bases = bases.stream().map(String::strip).toList();
        if (bases.isEmpty()) {
            throw new IllegalArgumentException("url: no address given; give that below which files are");
        }
        for (String base : this.bases) {
            if (!base.endsWith("/") && base.indexOf('?') < 0) {
                throw new IllegalArgumentException("url: \"" + base + "\" given, which must end in / or have a query,"
                        + " so that it is clear where a name begins");
            }
        }
    }

    private static String path(String address) {
        Matcher authority = AUTHORITY.matcher(address);
        return authority.lookingAt() ? address.substring(authority.end()) : address;
    }

    @Override
    public List<String> names(String value) {
        String given = value.strip();
        Set<String> names = new LinkedHashSet<>();
        for (String base : bases) {
            String path = path(given);
            String below = path(base);
            boolean query = below.indexOf('?') >= 0;
            if (path.startsWith(below)) {
                String rest = path.substring(below.length());
                rest = query ? rest.replaceFirst("[&#].*", "") : rest.replaceFirst("[?#].*", "");
                if (!rest.isEmpty()) {
                    names.add(decoded(rest, query));
                    names.add(decoded(rest, !query));
                    names.add(rest);
                }
            }
        }
        return List.copyOf(names);
    }

    @Override
    public List<String> values(String name) {
        Set<String> values = new LinkedHashSet<>();
        for (String base : bases) {
            for (String start : new LinkedHashSet<>(List.of(base, path(base)))) {
                values.add(start + encoded(name, ALLOWED_IN_PATHS));
                values.add(start + encoded(name, UNRESERVED));
                values.add(start + URLEncoder.encode(name, StandardCharsets.UTF_8));
                values.add(start + name);
            }
        }
        return List.copyOf(values);
    }

    @Override
    public boolean tellsAllValues() {
        return false;
    }

    private static String encoded(String name, String plain) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 128 && (Character.isLetterOrDigit(c) || plain.indexOf(c) >= 0)) {
                encoded.append(c);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return encoded.toString();
    }

    /** What is no valid escape stays as it is. */
    private static String decoded(String text, boolean plusIsSpace) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int at = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            int escaped = c == '%' && at + 2 < text.length() ? hex(text.charAt(at + 1), text.charAt(at + 2)) : -1;
            if (escaped >= 0) {
                bytes.write(escaped);
                at += 3;
            } else {
                byte[] as = (c == '+' && plusIsSpace ? " " : Character.toString(c)).getBytes(StandardCharsets.UTF_8);
                bytes.write(as, 0, as.length);
                at += Character.charCount(c);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static int hex(char one, char other) {
        int high = Character.digit(one, 16);
        int low = Character.digit(other, 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    @Override
    public String toString() {
        return "addresses below " + bases;
    }
}
