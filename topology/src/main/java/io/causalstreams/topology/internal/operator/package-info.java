/** The operators as Kafka Streams sees them: suppliers, processors, and what they check before a record is taken. */
@NullMarked
package io.causalstreams.topology.internal.operator;

import org.jspecify.annotations.NullMarked;
