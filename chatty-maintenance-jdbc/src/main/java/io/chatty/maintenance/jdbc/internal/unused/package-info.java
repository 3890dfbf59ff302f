/** Rooms and users that nothing refers to. No API. */
@NullMarked
package io.chatty.maintenance.jdbc.internal.unused;

import org.jspecify.annotations.NullMarked;
