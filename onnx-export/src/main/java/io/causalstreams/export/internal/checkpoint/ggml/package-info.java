/** ggml's types: how numbers are stored in blocks, and how they decode to fp32. */
@NullMarked
package io.causalstreams.export.internal.checkpoint.ggml;

import org.jspecify.annotations.NullMarked;
