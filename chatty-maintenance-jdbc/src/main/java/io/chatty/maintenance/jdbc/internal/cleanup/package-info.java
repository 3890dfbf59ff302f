/** The cleanup of messages: what is due, in which order, and how it goes. No API. */
@NullMarked
package io.chatty.maintenance.jdbc.internal.cleanup;

import org.jspecify.annotations.NullMarked;
