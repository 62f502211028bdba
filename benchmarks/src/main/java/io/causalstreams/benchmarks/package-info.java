/** JMH benchmarks of what the engine does besides the model: {@code benchmarks/jmh} runs them. */
@NullMarked
package io.causalstreams.benchmarks;

import org.jspecify.annotations.NullMarked;
