/** How it is done; no API. */
@NullMarked
package io.chatty.maintenance.jdbc.internal;

import org.jspecify.annotations.NullMarked;
