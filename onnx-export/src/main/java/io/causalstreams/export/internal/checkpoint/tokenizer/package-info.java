/** The tokenizer files of a model directory, copied from a checkpoint's or rebuilt from GGUF metadata. */
@NullMarked
package io.causalstreams.export.internal.checkpoint.tokenizer;

import org.jspecify.annotations.NullMarked;
