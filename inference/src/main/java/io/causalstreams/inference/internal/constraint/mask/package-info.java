/** Tokens of a vocabulary that can follow a position in a grammar. */
@NullMarked
package io.causalstreams.inference.internal.constraint.mask;

import org.jspecify.annotations.NullMarked;
