/** When a task is due. */
@NullMarked
package io.chatty.maintenance.schedule;

import org.jspecify.annotations.NullMarked;
