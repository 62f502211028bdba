/** Languages of byte strings: expressions, their derivatives, and the automata that run them. */
@NullMarked
package io.causalstreams.inference.internal.constraint.expression;

import org.jspecify.annotations.NullMarked;
