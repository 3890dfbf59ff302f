/** Where files are kept, and by what name. */
@org.jspecify.annotations.NullMarked
package io.chatty.maintenance.file;
