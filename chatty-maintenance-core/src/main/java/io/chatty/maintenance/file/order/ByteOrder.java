package io.chatty.maintenance.file.order;

/**
 * The order of texts by their bytes in UTF-8 as unsigned numbers. It is that of {@link String#compareTo}, save that pairs of
 * surrogates come last, behind U+FFFF.
 */
public final class ByteOrder {

    private ByteOrder() {}

    /** Below zero if the one comes first, above if the other does, zero if they are equal. */
    public static int compare(String one, String other) {
        int length = Math.min(one.length(), other.length());
        for (int i = 0; i < length; i++) {
            char a = one.charAt(i);
            char b = other.charAt(i);
            if (a != b) {
                return weight(a) - weight(b);
            }
        }
        return one.length() - other.length();
    }

    private static int weight(char c) {
        return c < Character.MIN_SURROGATE ? c : c <= Character.MAX_SURROGATE ? c + 0x2000 : c - 0x800;
    }
}
