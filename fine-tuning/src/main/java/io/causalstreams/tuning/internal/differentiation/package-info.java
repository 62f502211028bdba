/** Computations as lists of nodes, and their gradients by reverse-mode differentiation. */
@NullMarked
package io.causalstreams.tuning.internal.differentiation;

import org.jspecify.annotations.NullMarked;
