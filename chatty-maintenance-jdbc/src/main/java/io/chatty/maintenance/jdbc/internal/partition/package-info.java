/** Whole partitions of messages. No API. */
@NullMarked
package io.chatty.maintenance.jdbc.internal.partition;

import org.jspecify.annotations.NullMarked;
