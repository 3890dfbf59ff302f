/** Tests of what a schema can describe: keys, times, rooms, children and names as hosts have them. */
@NullMarked
package io.chatty.maintenance.database.schema;

import org.jspecify.annotations.NullMarked;
