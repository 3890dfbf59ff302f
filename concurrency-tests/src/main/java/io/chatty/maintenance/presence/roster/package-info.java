/** What is run by jcstress: races of one node's sessions that only the memory of a real machine brings about. */
@NullMarked
package io.chatty.maintenance.presence.roster;

import org.jspecify.annotations.NullMarked;
