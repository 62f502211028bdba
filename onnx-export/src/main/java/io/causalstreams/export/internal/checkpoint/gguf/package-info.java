/** A GGUF file as a checkpoint. */
@NullMarked
package io.causalstreams.export.internal.checkpoint.gguf;

import org.jspecify.annotations.NullMarked;
