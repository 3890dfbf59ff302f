/** What trackers are made with, whatever they track: threads, meters, times that are shown coarsely, a good end. */
@NullMarked
package io.chatty.maintenance.presence.tracker;

import org.jspecify.annotations.NullMarked;
