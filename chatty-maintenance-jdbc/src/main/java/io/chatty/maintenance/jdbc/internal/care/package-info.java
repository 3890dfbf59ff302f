/** The care for tables after a purge. No API. */
@NullMarked
package io.chatty.maintenance.jdbc.internal.care;

import org.jspecify.annotations.NullMarked;
