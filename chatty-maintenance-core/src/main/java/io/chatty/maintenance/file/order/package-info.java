/** How files are sorted: names by their bytes, with sorted runs in temporary files. */
@org.jspecify.annotations.NullMarked
package io.chatty.maintenance.file.order;
