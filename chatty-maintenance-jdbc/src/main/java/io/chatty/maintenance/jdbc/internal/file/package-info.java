/** What sweeps of files have to know and to remember: references, ledger. No API. */
@NullMarked
package io.chatty.maintenance.jdbc.internal.file;

import org.jspecify.annotations.NullMarked;
