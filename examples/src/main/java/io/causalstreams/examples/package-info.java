/** Worked examples: a causal language model as one line of a Kafka Streams topology. */
@NullMarked
package io.causalstreams.examples;

import org.jspecify.annotations.NullMarked;
