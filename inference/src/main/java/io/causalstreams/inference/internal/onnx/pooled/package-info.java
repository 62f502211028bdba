/** Graphs of our exporter that read whole texts, as {@code docs/graph-contract.md} describes them. */
@NullMarked
package io.causalstreams.inference.internal.onnx.pooled;

import org.jspecify.annotations.NullMarked;
