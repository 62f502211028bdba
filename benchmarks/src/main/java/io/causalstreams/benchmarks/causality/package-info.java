/** The measurements of {@code benchmarks/causality}. */
@NullMarked
package io.causalstreams.benchmarks.causality;

import org.jspecify.annotations.NullMarked;
