/** Real database servers for tests: each is started once a JVM, when it is first asked for. */
@NullMarked
package io.chatty.maintenance.database.servers;

import org.jspecify.annotations.NullMarked;
