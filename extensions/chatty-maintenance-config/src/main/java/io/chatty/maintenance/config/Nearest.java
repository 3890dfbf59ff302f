package io.chatty.maintenance.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** What somebody may have meant who wrote something else. */
final class Nearest {

    private Nearest() {}

    /** {@code ; did you mean "…"?} where one of the allowed words is near, else nothing. */
    static String hint(String given, Collection<String> allowed) {
        int most = Math.max(1, given.length() / 3);
        return allowed.stream()
                .filter(word -> distance(given, word) <= most)
                .min(Comparator.<String>comparingInt(word -> distance(given, word))
                        .thenComparing(Comparator.naturalOrder()))
                .map(word -> "; did you mean " + word + "?")
                .orElse("");
    }

    /**
     * Letters to add, take away or replace, and neighbours to swap, whatever their case (optimal string alignment, which is
     * Levenshtein's with the commonest slip of the keyboard counted once).
     */
    static int distance(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[][] steps = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    steps[i][j] = i + j;
                    continue;
                }
                int replaced = steps[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                steps[i][j] = Math.min(replaced, Math.min(steps[i - 1][j], steps[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    steps[i][j] = Math.min(steps[i][j], steps[i - 2][j - 2] + 1);
                }
            }
        }
        return steps[a.length()][b.length()];
    }
}
