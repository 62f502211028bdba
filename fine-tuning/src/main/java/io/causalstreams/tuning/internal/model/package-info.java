/** A decoder in memory that is run forward and backward, layer by layer. */
@NullMarked
package io.causalstreams.tuning.internal.model;

import org.jspecify.annotations.NullMarked;
