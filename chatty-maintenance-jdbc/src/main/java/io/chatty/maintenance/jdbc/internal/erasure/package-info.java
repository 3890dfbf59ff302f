/** The erasure of one user or room. No API. */
@NullMarked
package io.chatty.maintenance.jdbc.internal.erasure;

import org.jspecify.annotations.NullMarked;
