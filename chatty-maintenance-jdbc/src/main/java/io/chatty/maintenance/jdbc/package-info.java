/** The host's database: its tables, the cleanup of its messages, and the runs kept in it. */
@NullMarked
package io.chatty.maintenance.jdbc;

import org.jspecify.annotations.NullMarked;
