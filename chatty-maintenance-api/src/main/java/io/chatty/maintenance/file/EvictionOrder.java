package io.chatty.maintenance.file;

/**
 * Which files go first when there are too many. It is asked of the database, so that no list of all files is ever held. Files that
 * are alike by it go in an order that is the same each time.
 */
public enum EvictionOrder {
    /** Those that were made first. */
    OLDEST,
    /** Those that were used last the longest ago; one of which no use is known counts as used when it was made. */
    LEAST_RECENTLY_USED,
    /** Those with the most bytes; of several as large the oldest. */
    LARGEST
}
