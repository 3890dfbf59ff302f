/** Who is online in one process. */
@NullMarked
package io.chatty.maintenance.presence.local;

import org.jspecify.annotations.NullMarked;
