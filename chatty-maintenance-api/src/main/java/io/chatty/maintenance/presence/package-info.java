/** Who is online: sessions, what others see of a user, and how they are told of changes. */
@NullMarked
package io.chatty.maintenance.presence;

import org.jspecify.annotations.NullMarked;
