/** The requests of a task from arrival to completion, on the stream thread. */
@NullMarked
package io.causalstreams.topology.internal.request;

import org.jspecify.annotations.NullMarked;
