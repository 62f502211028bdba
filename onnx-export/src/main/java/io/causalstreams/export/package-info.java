/** Checkpoints (safetensors, GGUF) to ONNX model directories; the files it writes are {@code docs/graph-contract.md}. */
@NullMarked
package io.causalstreams.export;

import org.jspecify.annotations.NullMarked;
