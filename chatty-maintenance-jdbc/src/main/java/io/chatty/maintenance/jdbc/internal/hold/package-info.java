/** What must stay: legal holds, and messages that were restored. No API. */
@NullMarked
package io.chatty.maintenance.jdbc.internal.hold;

import org.jspecify.annotations.NullMarked;
