/** The work: a task does one bounded batch a call, and the engine owns the loop. */
@NullMarked
package io.chatty.maintenance.task;

import org.jspecify.annotations.NullMarked;
