/** Tasks that do different things one after the other: in each batch one of them. */
@org.jspecify.annotations.NullMarked
package io.chatty.maintenance.file.step;
