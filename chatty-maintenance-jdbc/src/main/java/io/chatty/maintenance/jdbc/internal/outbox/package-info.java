/** What the host is told of: files without a message, messages that went. No API. */
@NullMarked
package io.chatty.maintenance.jdbc.internal.outbox;

import org.jspecify.annotations.NullMarked;
