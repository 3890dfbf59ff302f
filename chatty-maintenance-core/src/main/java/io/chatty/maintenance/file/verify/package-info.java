/** Files against what is said of them: {@link io.chatty.maintenance.file.verify.FileVerification}. */
@org.jspecify.annotations.NullMarked
package io.chatty.maintenance.file.verify;
