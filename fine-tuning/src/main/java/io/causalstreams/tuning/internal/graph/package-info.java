/** Training graphs: the layers and the head of a decoder as computations that can be differentiated. */
@NullMarked
package io.causalstreams.tuning.internal.graph;

import org.jspecify.annotations.NullMarked;
