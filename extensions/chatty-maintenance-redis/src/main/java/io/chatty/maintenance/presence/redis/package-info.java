/** Who is online over several nodes, which share a Redis. */
@NullMarked
package io.chatty.maintenance.presence.redis;

import org.jspecify.annotations.NullMarked;
