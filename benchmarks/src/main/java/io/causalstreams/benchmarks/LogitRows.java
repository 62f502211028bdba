package io.causalstreams.benchmarks;

import io.causalstreams.inference.internal.model.Logits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/** Logits as a language model gives them: a bell of unlikely tokens and, per row, a few that stand out. */
public final class LogitRows {
    public static final int ROWS = 32;

    private LogitRows() {}

    /** Shape ({@value #ROWS}, vocabulary) in a direct buffer, the same in every run. */
    public static Logits direct(int vocabulary) {
        SplittableRandom random = new SplittableRandom(42);
        FloatBuffer buffer = ByteBuffer.allocateDirect(ROWS * vocabulary * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        for (int i = 0; i < ROWS * vocabulary; i++) {
            buffer.put(i, (float) (random.nextGaussian() * 2.5));
        }
        for (int row = 0; row < ROWS; row++) {
            for (int likely = 0; likely < 20; likely++) {
                buffer.put(row * vocabulary + random.nextInt(vocabulary), 16 - likely * 0.5f);
            }
        }
        return new Logits(buffer, ROWS, vocabulary);
    }
}
