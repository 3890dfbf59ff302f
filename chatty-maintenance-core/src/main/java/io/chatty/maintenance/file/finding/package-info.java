/** What is found about files that a person should know of. */
@org.jspecify.annotations.NullMarked
package io.chatty.maintenance.file.finding;
