/** How others are told: subscriptions with a snapshot and changes, and what a viewer may see. Trackers are built on it. */
@NullMarked
package io.chatty.maintenance.presence.broadcast;

import org.jspecify.annotations.NullMarked;
