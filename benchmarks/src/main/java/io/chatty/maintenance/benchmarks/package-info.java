/** Measurements on real database servers. */
@NullMarked
package io.chatty.maintenance.benchmarks;

import org.jspecify.annotations.NullMarked;
