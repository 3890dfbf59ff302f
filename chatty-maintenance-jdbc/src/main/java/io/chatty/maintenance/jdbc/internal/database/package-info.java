/** The host's database: transactions, statements, dialects, columns. No API. */
@NullMarked
package io.chatty.maintenance.jdbc.internal.database;

import org.jspecify.annotations.NullMarked;
