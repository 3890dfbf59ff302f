/** Files in a directory of this machine. */
@org.jspecify.annotations.NullMarked
package io.chatty.maintenance.file.local;
