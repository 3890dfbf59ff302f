/**
 * Rows of the host's tables in files, and back: exact texts of their values, the file format, and insertion. Uses nothing of the
 * package above it.
 */
@org.jspecify.annotations.NullMarked
package io.chatty.maintenance.jdbc.internal.archive.file;
