/** When users were last seen. */
@org.jspecify.annotations.NullMarked
package io.chatty.maintenance.jdbc.internal.presence;
