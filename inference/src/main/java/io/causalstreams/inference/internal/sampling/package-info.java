/** From logits to the next token. */
@NullMarked
package io.causalstreams.inference.internal.sampling;

import org.jspecify.annotations.NullMarked;
