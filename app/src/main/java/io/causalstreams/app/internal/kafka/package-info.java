/** Connecting to a broker, preparing its topics, running the topology. */
@NullMarked
package io.causalstreams.app.internal.kafka;

import org.jspecify.annotations.NullMarked;
