/** The chat itself: rooms, users and messages over HTTP and WebSocket. */
@NullMarked
package io.chatty.maintenance.examples.chat.server;

import org.jspecify.annotations.NullMarked;
