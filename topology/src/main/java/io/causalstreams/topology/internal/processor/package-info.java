/** The processors: requests of a task from arrival to completion, on the stream thread. */
@NullMarked
package io.causalstreams.topology.internal.processor;

import org.jspecify.annotations.NullMarked;
