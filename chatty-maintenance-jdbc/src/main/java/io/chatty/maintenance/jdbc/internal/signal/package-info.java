/** Signals of the database's load. No API. */
@NullMarked
package io.chatty.maintenance.jdbc.internal.signal;

import org.jspecify.annotations.NullMarked;
