/** Ready mappings for the tables of well-known chat servers, to be copied, and tests that hold them to those servers' own semantics. */
@NullMarked
package io.chatty.maintenance.database.mapping;

import org.jspecify.annotations.NullMarked;
