/** The demo's command. */
@NullMarked
package io.chatty.maintenance.examples.chat;

import org.jspecify.annotations.NullMarked;
