/** What retention policies say, in Java and in SQL. No API. */
@NullMarked
package io.chatty.maintenance.jdbc.internal.policy;

import org.jspecify.annotations.NullMarked;
