package io.chatty.maintenance.config;

import io.chatty.maintenance.file.FileNames;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which files were made of which others, told by their names: {@code thumbnails/{name}_{#}.png} of {@code uploads/{name}.png}.
 * Immutable.
 *
 * <p>In the name of a derived file {@code {name}} stands for one letter or more but {@code /}, {@code {name**}} for one letter or
 * more of any kind, {@code {#}} for one digit or more; the words in braces are free. What stands for a word there, stands for it in
 * the name of the original. Each name can be read in one way alone, or else a file could be taken for a derivative of another that
 * is gone: so one word at most stands in each part between {@code /}, one {@code **} in all, and {@code {#}} next to nothing
 * that could have digits.
 */
final class DerivedNames implements Function<String, List<String>> {

    private static final Pattern BRACES = Pattern.compile("\\{([^{}]*)}");
    private static final Pattern WORD = Pattern.compile("([A-Za-z][A-Za-z0-9]*)(\\*\\*)?");
    private static final String ALLOWED =
            "{name} for letters but /, {name**} for any letters and {#} for digits are allowed";

    private final String prefix;
    private final Pattern derived;
    private final List<String> originals;

    private DerivedNames(String prefix, Pattern derived, List<String> originals) {
        this.prefix = prefix;
        this.derived = derived;
        this.originals = originals;
    }

    /**
     * The rule.
     *
     * @param name what the names of derived files are
     * @param originals what their originals may be called, each with words of that name
     * @throws IllegalArgumentException if that can be understood in several ways, or in none; its message begins with {@code
     *     name:} or {@code of:}
     */
    static DerivedNames of(String name, List<String> originals) {
        checkIsName("name", name);
        StringBuilder regex = new StringBuilder();
        Set<String> words = new LinkedHashSet<>();
        boolean any = false;
        for (String part : name.split("/", -1)) {
            regex.append(regex.isEmpty() ? "" : "/");
            Matcher braces = BRACES.matcher(part);
            int end = 0;
            boolean word = false;
            while (braces.find()) {
                regex.append(Pattern.quote(part.substring(end, braces.start())));
                end = braces.end();
                if (braces.group(1).equals("#")) {
                    checkHasEnds(name, part, braces.start(), end);
                    regex.append("[0-9]+");
                    continue;
                }
                Matcher known = word("name", name, braces.group(1));
                boolean both = known.group(2) != null;
                if (word || (any && both)) {
                    throw refused(
                            "name",
                            name,
                            "which can be read in several ways; one word at most is allowed in each part between /, and"
                                    + " one ** in all");
                }
                if (!words.add(known.group(1))) {
                    throw refused("name", name, "with {" + known.group(1) + "} twice; each word is allowed once");
                }
                word = true;
                any |= both;
                regex.append("(?<").append(known.group(1)).append(both ? ">.+)" : ">[^/]+)");
            }
            regex.append(Pattern.quote(part.substring(end)));
        }
        if (words.isEmpty()) {
            throw refused("name", name, "without a word in braces, such as {name}, which its original has, too");
        }
        originals.forEach(original -> checkOriginal(name, words, original));
        String fixed = name.substring(0, name.indexOf('{'));
        return new DerivedNames(
                fixed.substring(0, fixed.lastIndexOf('/') + 1),
                Pattern.compile(regex.toString(), Pattern.DOTALL),
                List.copyOf(originals));
    }

    /** Digits next to digits, or to a word that can end in some, could be parted in several ways. */
    private static void checkHasEnds(String name, String part, int start, int end) {
        boolean before = start == 0 || !canBeDigit(part.charAt(start - 1));
        boolean after = end == part.length() || !canBeDigit(part.charAt(end));
        if (!before || !after) {
            throw refused(
                    "name",
                    name,
                    "which can be read in several ways; {#} is allowed between / or letters that are no digits");
        }
    }

    private static boolean canBeDigit(char next) {
        return (next >= '0' && next <= '9') || next == '{' || next == '}';
    }

    private static Matcher word(String what, String name, String braces) {
        Matcher word = WORD.matcher(braces);
        if (!word.matches()) {
            throw refused(what, name, "with {" + braces + "}; " + ALLOWED);
        }
        return word;
    }

    private static void checkOriginal(String name, Set<String> words, String original) {
        checkIsName("of", original);
        if (original.equals(name)) {
            throw refused("of", original, "which is the name of the derived file itself; that of another is allowed");
        }
        Matcher braces = BRACES.matcher(original);
        boolean some = false;
        while (braces.find()) {
            Matcher word = word("of", original, braces.group(1));
            if (!words.contains(word.group(1))) {
                throw refused(
                        "of",
                        original,
                        "with {" + word.group(1) + "}, which the derived file's name does not tell; allowed are "
                                + words.stream().map(known -> "{" + known + "}").toList());
            }
            some = true;
        }
        if (!some) {
            throw refused("of", original, "without a word in braces, so that all would have one original");
        }
    }

    /** With a letter for each brace it has to be the name of a file. */
    private static void checkIsName(String what, String pattern) {
        String plain = BRACES.matcher(pattern).replaceAll("x");
        if (plain.matches("(?s).*[{}*?].*")) {
            throw refused(what, pattern, "with *, ? or a brace alone; " + ALLOWED);
        }
        try {
            FileNames.check(plain);
        } catch (IllegalArgumentException e) {
            throw refused(what, pattern, "which is no name of a file: " + e.getMessage());
        }
    }

    private static IllegalArgumentException refused(String what, String given, String why) {
        return new IllegalArgumentException(what + ": \"" + given + "\" given, " + why);
    }

    /** The directory below which all of them are. */
    String prefix() {
        return prefix;
    }

    /** The names that the original may have; none if the file is not derived, or could not be told from its original. */
    @Override
    public List<String> apply(String file) {
        Matcher found = derived.matcher(file);
        if (!found.matches()) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (String original : originals) {
            String name = BRACES.matcher(original)
                    .replaceAll(word ->
                            Matcher.quoteReplacement(found.group(word.group(1).replace("**", ""))));
            try {
                names.add(FileNames.check(name));
            } catch (IllegalArgumentException e) {
                return List.of(); // no file can be called so, and to be without an original means to go
            }
        }
        return names.contains(file) ? List.of() : names;
    }
}
