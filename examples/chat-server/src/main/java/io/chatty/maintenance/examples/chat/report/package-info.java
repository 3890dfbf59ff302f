/** What a cleanup was to do and did, for people and for programs. */
@NullMarked
package io.chatty.maintenance.examples.chat.report;

import org.jspecify.annotations.NullMarked;
