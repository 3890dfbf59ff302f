/** Archive tables and archive files: writing, restoring, final purge. No API. */
@NullMarked
package io.chatty.maintenance.jdbc.internal.archive;

import org.jspecify.annotations.NullMarked;
