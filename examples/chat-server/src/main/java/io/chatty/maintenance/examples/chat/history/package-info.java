/** How the chat comes by a history: made up, or read from IRC logs. */
@NullMarked
package io.chatty.maintenance.examples.chat.history;

import org.jspecify.annotations.NullMarked;
