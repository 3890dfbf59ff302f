/** For tests: time that stands still until it is told to go on, and contracts that implementations are held to. */
@NullMarked
package io.chatty.maintenance.testkit;

import org.jspecify.annotations.NullMarked;
