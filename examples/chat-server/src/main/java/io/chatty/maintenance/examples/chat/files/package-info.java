/** Uploads and thumbnails of the chat, in a folder of this machine. */
@NullMarked
package io.chatty.maintenance.examples.chat.files;

import org.jspecify.annotations.NullMarked;
