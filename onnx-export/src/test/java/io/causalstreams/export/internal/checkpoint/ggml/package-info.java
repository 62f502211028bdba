@NullMarked
package io.causalstreams.export.internal.checkpoint.ggml;

import org.jspecify.annotations.NullMarked;
