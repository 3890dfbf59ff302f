/** The engine as a process: its commands, what they print, and how they end. */
@NullMarked
package io.chatty.maintenance.examples.standalone;

import org.jspecify.annotations.NullMarked;
