/** Tests of the project as a whole: what its README says, how its packages hang together, that it works as modules. */
@NullMarked
package io.chatty.maintenance.database.house;

import org.jspecify.annotations.NullMarked;
