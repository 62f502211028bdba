/** Parts of a decoder as subgraphs: every class adds one, with its picture and formula. */
@NullMarked
package io.causalstreams.export.internal.block;

import org.jspecify.annotations.NullMarked;
