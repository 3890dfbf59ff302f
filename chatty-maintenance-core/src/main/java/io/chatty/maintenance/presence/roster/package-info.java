/**
 * The sessions of one node: who has which, which of them are alive, and what they come to for each user. Trackers are built on it.
 */
@NullMarked
package io.chatty.maintenance.presence.roster;

import org.jspecify.annotations.NullMarked;
