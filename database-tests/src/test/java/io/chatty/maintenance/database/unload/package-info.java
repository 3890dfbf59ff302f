/** That a host can unload the library. */
@NullMarked
package io.chatty.maintenance.database.unload;

import org.jspecify.annotations.NullMarked;
