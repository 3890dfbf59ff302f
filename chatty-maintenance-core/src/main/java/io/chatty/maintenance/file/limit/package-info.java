/** Limits on files: what is too much by the host's rows, or for the store's space, is given up. */
@org.jspecify.annotations.NullMarked
package io.chatty.maintenance.file.limit;
