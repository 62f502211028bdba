/** Where a KV cache lies: its layout, its memory, and tensors over it. */
@NullMarked
package io.causalstreams.inference.internal.onnx.cache;

import org.jspecify.annotations.NullMarked;
