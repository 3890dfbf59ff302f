/** Files of the same content: {@link io.chatty.maintenance.file.duplicate.DuplicateFiles}. */
@org.jspecify.annotations.NullMarked
package io.chatty.maintenance.file.duplicate;
