/** What tasks for files are told alike. */
@org.jspecify.annotations.NullMarked
package io.chatty.maintenance.file.setting;
