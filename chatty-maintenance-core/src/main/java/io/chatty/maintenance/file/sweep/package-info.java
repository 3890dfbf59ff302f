/** Removes files that nothing needs any more. */
@org.jspecify.annotations.NullMarked
package io.chatty.maintenance.file.sweep;
