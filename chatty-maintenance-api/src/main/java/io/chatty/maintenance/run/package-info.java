/** What was done: runs, their states, the store that keeps them, and the events that tell of them. */
@NullMarked
package io.chatty.maintenance.run;

import org.jspecify.annotations.NullMarked;
