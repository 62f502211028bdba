/**
 * Models on ONNX Runtime; the only packages that know it.
 *
 * <pre>
 *   onnx ──► contract, foreign ──► cache, runtime
 * </pre>
 */
@NullMarked
package io.causalstreams.inference.internal.onnx;

import org.jspecify.annotations.NullMarked;
