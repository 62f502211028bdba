package io.causalstreams.export.internal.checkpoint.ggml;

import java.nio.ByteBuffer;

/** Decodes stored blocks to fp32, bit for bit as ggml's reference ({@code dequantize_row_*} in {@code ggml-quants.c}). */
@FunctionalInterface
public interface BlockDequantizer {

    /**
     * Decodes {@code blocks} whole blocks from the little-endian {@code source}'s position on (and moves it) into
     * {@code target[offset ..]}.
     */
    void dequantize(ByteBuffer source, int blocks, float[] target, int offset);
}
