/** The chat's own tables, and the database they are in. */
@NullMarked
package io.chatty.maintenance.examples.chat.storage;

import org.jspecify.annotations.NullMarked;
