/** The GGUF container: header, metadata, and where tensors lie. */
@NullMarked
package io.causalstreams.export.internal.checkpoint.gguf.file;

import org.jspecify.annotations.NullMarked;
