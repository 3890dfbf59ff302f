package io.chatty.maintenance.jdbc.internal.archive.file;

/**
 * A column as the catalogue has it now.
 *
 * @param name its name, as the catalogue spells it
 * @param type the database's words for its type
 * @param text how its values are had and put back
 * @param generated whether the database makes its values of those of other columns
 * @param alwaysIdentity whether a number of its own is taken for each row unless told otherwise
 */
record LiveColumn(String name, String type, ColumnText text, boolean generated, boolean alwaysIdentity) {}
