/** Runs and their records in the database. No API. */
@NullMarked
package io.chatty.maintenance.jdbc.internal.run;

import org.jspecify.annotations.NullMarked;
