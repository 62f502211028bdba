/** How the architectures of GGUF files read as Hugging Face's: config keys, tensor names and layouts. */
@NullMarked
package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import org.jspecify.annotations.NullMarked;
