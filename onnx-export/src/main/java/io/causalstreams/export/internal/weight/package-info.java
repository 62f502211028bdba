/** Weights as descriptions: which stored tensor, which rows, in what order; read only when a block writes them. */
@NullMarked
package io.causalstreams.export.internal.weight;

import org.jspecify.annotations.NullMarked;
