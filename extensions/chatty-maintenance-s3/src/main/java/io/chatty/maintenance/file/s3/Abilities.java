package io.chatty.maintenance.file.s3;

/**
 * What an endpoint was seen to do.
 *
 * @param conditionalPut whether it heeds {@code If-None-Match: *}
 * @param conditionalDelete whether it heeds {@code If-Match} of a DELETE
 * @param batch whether it deletes several keys in one request
 * @param conditionalBatch whether it then heeds the ETag of each
 * @param order in which order it lists
 * @param resumes whether a listing can begin after a key
 */
record Abilities(
        boolean conditionalPut,
        boolean conditionalDelete,
        boolean batch,
        boolean conditionalBatch,
        Order order,
        boolean resumes) {

    /** The order of a listing. */
    enum Order {
        /** By the bytes of the keys in UTF-8, as Amazon's general purpose buckets. */
        BYTES,
        /** By their UTF-16 units, as stores that sort strings in Java. */
        UTF_16,
        /** None that could be seen. */
        UNKNOWN;

        /** Whether the second key can stand after the first. */
        boolean allows(String first, String second) {
            return switch (this) {
                case BYTES -> compareAsBytes(first, second) < 0;
                case UTF_16 -> first.compareTo(second) < 0;
                case UNKNOWN -> true;
            };
        }

        /** As {@code Arrays.compareUnsigned} of the bytes in UTF-8: by code points. */
        private static int compareAsBytes(String a, String b) {
            int length = Math.min(a.length(), b.length());
            for (int i = 0; i < length; i++) {
                char x = a.charAt(i);
                char y = b.charAt(i);
                if (x != y) {
                    boolean xHalf = Character.isSurrogate(x);
                    return xHalf == Character.isSurrogate(y) ? x - y : xHalf ? 1 : -1;
                }
            }
            return a.length() - b.length();
        }
    }
}
