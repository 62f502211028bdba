/** The only package that knows ONNX Runtime. */
@NullMarked
package io.causalstreams.inference.internal.model;

import org.jspecify.annotations.NullMarked;
