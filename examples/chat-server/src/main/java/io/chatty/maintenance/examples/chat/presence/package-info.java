/** Who was there in a history, as a presence tracker saw it on a clock of its own. */
@NullMarked
package io.chatty.maintenance.examples.chat.presence;

import org.jspecify.annotations.NullMarked;
