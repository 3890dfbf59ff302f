/** Signals of load on real servers, and what brings such load about, for any test that wants it. */
@NullMarked
package io.chatty.maintenance.database.load;

import org.jspecify.annotations.NullMarked;
