package io.chatty.maintenance.jdbc;

/**
 * How many messages, or bytes of messages, there may be: when a run finds more than the high mark, the oldest go until the low
 * mark is reached. Immutable.
 *
 * <p>What is measured are the rows that stand in the message table, those that users deleted too, without their children, and
 * never the table's file on disk, which does not shrink when rows go.
 */
public final class SizeCap {

    private final boolean inBytes;
    private final long high;
    private final long low;

    private SizeCap(Above above, long low) {
        this.inBytes = above.inBytes;
        this.high = above.high;
        this.low = low;
    }

    /**
     * A cap on the number of messages.
     *
     * @param high above how many the oldest begin to go
     * @throws IllegalArgumentException if it is zero or negative
     */
    public static Above rows(long high) {
        return new Above(false, high);
    }

    /**
     * A cap on what the rows of the messages take, about: the length of what they hold, as previews count it.
     *
     * @param high above how many bytes the oldest begin to go
     * @throws IllegalArgumentException if it is zero or negative
     */
    public static Above bytes(long high) {
        return new Above(true, high);
    }

    /** Whether bytes are counted, not rows. */
    public boolean isInBytes() {
        return inBytes;
    }

    /** Above how many rows or bytes the oldest begin to go. */
    public long high() {
        return high;
    }

    /** Down to how many they go. */
    public long low() {
        return low;
    }

    @Override
    public String toString() {
        return (inBytes ? "bytes" : "rows") + " over " + high + " down to " + low;
    }

    /** A cap that lacks its low mark. Immutable. */
    public static final class Above {

        private final boolean inBytes;
        private final long high;

        private Above(boolean inBytes, long high) {
            if (high <= 0) {
                throw new IllegalArgumentException("sizeCap: a high mark of " + high + (inBytes ? " bytes" : " rows")
                        + " given, must be more than zero; for no cap set none");
            }
            this.inBytes = inBytes;
            this.high = high;
        }

        /**
         * The cap.
         *
         * @param low down to how many rows or bytes the oldest go
         * @throws IllegalArgumentException if it is zero or negative, or not less than the high mark
         */
        public SizeCap downTo(long low) {
            if (low <= 0 || low >= high) {
                throw new IllegalArgumentException("sizeCap: a low mark of " + low
                        + " given, must be more than zero and less than the high mark of " + high);
            }
            return new SizeCap(this, low);
        }
    }
}
