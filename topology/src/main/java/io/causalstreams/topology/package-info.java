/**
 * A causal language model as an operator in a Kafka Streams topology.
 *
 * <p>The door is {@link io.causalstreams.topology.CausalStreams}; everything under {@code internal} may change.
 */
@NullMarked
package io.causalstreams.topology;

import org.jspecify.annotations.NullMarked;
