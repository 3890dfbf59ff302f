/** What is in files. */
@org.jspecify.annotations.NullMarked
package io.chatty.maintenance.file.content;
