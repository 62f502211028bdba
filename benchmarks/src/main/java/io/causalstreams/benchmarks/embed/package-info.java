/** The engine's side of {@code benchmarks/embed}. */
@NullMarked
package io.causalstreams.benchmarks.embed;

import org.jspecify.annotations.NullMarked;
