package io.chatty.maintenance.file;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * What may be the name of a file in a {@link FileStore}: parts with {@code /} between them, as {@code 2026/06/a.png}.
 *
 * <p>Names may come from strangers. One that is refused here has met no file system: absolute, with {@code .}, {@code ..} or
 * nothing for a part, with a control character, a backslash or a Windows drive, with half a surrogate pair, with a part of more
 * than 255 bytes of UTF-8, or of more than 1024 bytes in all.
 */
public final class FileNames {

    private static final int LONGEST_PART = 255; // what Linux file systems allow
    private static final int LONGEST_NAME = 1024; // what S3 allows
    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*");

    private FileNames() {}

    /**
     * Gives the name back if it is one.
     *
     * @throws IllegalArgumentException otherwise; the message has the name and what is wrong with it
     */
    public static String check(String name) {
        if (isPlain(name)) {
            return name; // most are, in listings of millions
        }
        checkCharacters("file name", name);
        if (name.isEmpty()) {
            throw refused("file name", name, "is empty");
        }
        for (String part : name.split("/", -1)) {
            checkPart("file name", name, part);
            if (part.isEmpty()) {
                throw refused("file name", name, "is absolute or has an empty part");
            }
        }
        return name;
    }

    /** Whether it is a name. */
    public static boolean isName(String text) {
        try {
            check(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Gives the text back if it is the beginning of some name; the empty text is that of all names.
     *
     * @throws IllegalArgumentException otherwise; the message has the text and what is wrong with it
     */
    public static String checkPrefix(String prefix) {
        checkCharacters("prefix of file names", prefix);
        String[] parts = prefix.split("/", -1);
        for (int i = 0; i < parts.length - 1; i++) {
            checkPart("prefix of file names", prefix, parts[i]);
            if (parts[i].isEmpty()) {
                throw refused("prefix of file names", prefix, "is absolute or has an empty part");
            }
        }
        return prefix;
    }

    /** Whether it is a name without looking twice: letters of ASCII, of parts that do not begin with a dot, and no drive. */
    private static boolean isPlain(String name) {
        int length = name.length();
        int part = 0;
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            if (c < ' ' || c >= 0x7f || c == '\\' || c == ':' || (c == '.' && part == 0) || (c == '/' && part == 0)) {
                return false;
            }
            part = c == '/' ? 0 : part + 1;
            if (part > LONGEST_PART) {
                return false;
            }
        }
        return part > 0 && length <= LONGEST_NAME;
    }

    private static void checkCharacters(String what, String name) {
        if (name.codePoints().anyMatch(Character::isISOControl)) {
            throw refused(what, name, "has a control character");
        }
        if (name.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw refused(what, name, "has half a surrogate pair");
        }
        if (name.indexOf('\\') >= 0) {
            throw refused(what, name, "has a backslash");
        }
        if (DRIVE.matcher(name).matches()) {
            throw refused(what, name, "begins with a drive");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            throw refused(what, name, "has more than " + LONGEST_NAME + " bytes");
        }
    }

    private static void checkPart(String what, String name, String part) {
        if (part.equals(".") || part.equals("..")) {
            throw refused(what, name, "has the part \"" + part + "\"");
        }
        if (part.getBytes(StandardCharsets.UTF_8).length > LONGEST_PART) {
            throw refused(what, name, "has a part of more than " + LONGEST_PART + " bytes");
        }
    }

    private static IllegalArgumentException refused(String what, String name, String why) {
        StringBuilder shown = new StringBuilder();
        name.chars().forEach(c -> {
            if (Character.isISOControl(c) || Character.isSurrogate((char) c)) {
                shown.append(String.format("\\u%04x", c));
            } else {
                shown.append((char) c);
            }
        });
        return new IllegalArgumentException(
                what + ": \"" + shown + "\" " + why + "; relative names with / between their parts are allowed");
    }
}
