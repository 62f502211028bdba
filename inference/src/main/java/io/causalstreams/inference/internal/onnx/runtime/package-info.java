/** ONNX Runtime itself: environment, sessions, and the files of a model directory. */
@NullMarked
package io.causalstreams.inference.internal.onnx.runtime;

import org.jspecify.annotations.NullMarked;
