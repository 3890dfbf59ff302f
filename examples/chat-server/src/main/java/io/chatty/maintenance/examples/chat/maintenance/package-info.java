/** The maintenance engine as this host embeds it. */
@NullMarked
package io.chatty.maintenance.examples.chat.maintenance;

import org.jspecify.annotations.NullMarked;
