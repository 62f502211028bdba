@NullMarked
package io.causalstreams.export.internal.checkpoint.gguf.file;

import org.jspecify.annotations.NullMarked;
