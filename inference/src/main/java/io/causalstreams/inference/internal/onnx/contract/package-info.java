/** Graphs of our exporter, as {@code docs/graph-contract.md} describes them. */
@NullMarked
package io.causalstreams.inference.internal.onnx.contract;

import org.jspecify.annotations.NullMarked;
