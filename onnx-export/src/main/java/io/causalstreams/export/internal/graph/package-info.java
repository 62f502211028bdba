/** Builds ONNX graphs: names, nodes, initializers and the file they go to. */
@NullMarked
package io.causalstreams.export.internal.graph;

import org.jspecify.annotations.NullMarked;
