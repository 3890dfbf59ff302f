/** How long messages are kept: policies give rules for scopes. */
@NullMarked
package io.chatty.maintenance.retention;

import org.jspecify.annotations.NullMarked;
