/** Files in a bucket of S3, or of a store that speaks like it. */
@NullMarked
package io.chatty.maintenance.file.s3;

import org.jspecify.annotations.NullMarked;
