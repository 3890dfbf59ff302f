/** The host's tables, as the schema names them and the catalogue knows them, and messages as they are read. No API. */
@NullMarked
package io.chatty.maintenance.jdbc.internal.table;

import org.jspecify.annotations.NullMarked;
