/** Graphs of other exporters. */
@NullMarked
package io.causalstreams.inference.internal.onnx.foreign;

import org.jspecify.annotations.NullMarked;
