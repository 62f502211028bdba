/** Meters, spans and the state of requests, for those who run an operator. */
@NullMarked
package io.causalstreams.topology.internal.telemetry;

import org.jspecify.annotations.NullMarked;
