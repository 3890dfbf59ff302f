/** The engine set up by a HOCON file, and the plugins that such a file can name. */
@NullMarked
package io.chatty.maintenance.config;

import org.jspecify.annotations.NullMarked;
