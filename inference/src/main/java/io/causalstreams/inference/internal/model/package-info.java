/** The seam between the engine and whatever computes logits: plain Java, the same for every backend. */
@NullMarked
package io.causalstreams.inference.internal.model;

import org.jspecify.annotations.NullMarked;
