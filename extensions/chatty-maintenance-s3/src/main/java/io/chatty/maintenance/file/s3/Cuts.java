package io.chatty.maintenance.file.s3;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Guesses where a listing can be cut into stretches of about a page, from the pages that were read. Not thread-safe.
 *
 * <p>A page from {@code 3f0…} to {@code 3f9…} suggests {@code 3fa}, {@code 3fb} and so on, then {@code 3g}, {@code 3h}, then
 * {@code 4}, {@code 5}: with letters that were seen in keys. A guess that is wrong costs a request and changes nothing: stretches
 * are what lies between two texts, whether or not there are such keys. All letters of a cut are ASCII. So it does not
 * matter whether the endpoint goes by bytes of UTF-8 or by UTF-16 units: a key that differs from a cut does so first in a letter of
 * the cut, before which and after which the same stand in both orders.
 */
final class Cuts {

    private static final int FIRST = 0x20;
    private static final int LAST = 0x7e;

    private final int fixed;
    private final BitSet letters = new BitSet();

    /** For keys that all begin with so many letters. */
    Cuts(int fixed) {
        this.fixed = fixed;
    }

    /** Takes note of the letters of a key. */
    void saw(String key) {
        for (int i = fixed; i < key.length(); i++) {
            char letter = key.charAt(i);
            if (letter >= FIRST && letter <= LAST) {
                letters.set(letter);
            }
        }
    }

    /**
     * Texts after the last key of a page, in order.
     *
     * @param first the first key of the page
     * @param last the last key of the page
     * @param end where what is to be cut ends; null for nowhere
     * @param most how many, at most
     */
    List<String> after(String first, String last, @Nullable String end, int most) {
        List<String> cuts = new ArrayList<>();
        int common = common(first, last);
        for (int at = Math.min(common, last.length() - 1); at >= fixed; at--) {
            if (!isAscii(last, at)) {
                continue;
            }
            int step = at == common ? Math.max(1, lettersFrom(first, at, last.charAt(at))) : 1;
            String before = last.substring(0, at);
            int seen = 0;
            for (int letter = letters.nextSetBit(last.charAt(at) + 1);
                    letter >= 0;
                    letter = letters.nextSetBit(letter + 1)) {
                if (++seen % step != 0) {
                    continue;
                }
                String cut = before + (char) letter;
                if (cuts.size() == most || (end != null && cut.compareTo(end) >= 0)) {
                    return cuts;
                }
                cuts.add(cut);
            }
        }
        return cuts;
    }

    /** How many letters that were seen lie between that of the first key and that of the last. */
    private int lettersFrom(String first, int at, char last) {
        char letter = at < first.length() ? first.charAt(at) : FIRST; // else the first key is how the last one begins
        return letters.get(letter, last).cardinality();
    }

    private static int common(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            if (a.charAt(i) != b.charAt(i)) {
                return i;
            }
        }
        return length;
    }

    /** Whether the letters up to there, and that one, are ASCII, of those that are not fixed. */
    private boolean isAscii(String key, int at) {
        for (int i = fixed; i <= at; i++) {
            if (key.charAt(i) > LAST) {
                return false;
            }
        }
        return true;
    }
}
