/** The engine and what is seen of it. */
@NullMarked
package io.chatty.maintenance.engine;

import org.jspecify.annotations.NullMarked;
