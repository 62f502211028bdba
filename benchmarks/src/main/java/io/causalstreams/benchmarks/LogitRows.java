package io.causalstreams.benchmarks;

import io.causalstreams.inference.internal.model.BestTokens;
import io.causalstreams.inference.internal.model.Logits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Logits as a language model gives them: a bell of unlikely tokens and, per row, a few that stand out. */
public final class LogitRows {
    public static final int ROWS = 32;

    private LogitRows() {}

    /** Shape ({@value #ROWS}, vocabulary) in a direct buffer, the same in every run. */
    public static Logits direct(int vocabulary) {
        return direct(ROWS, vocabulary);
    }

    /** Shape (rows, vocabulary) in a direct buffer, the same in every run. */
    public static Logits direct(int rows, int vocabulary) {
        SplittableRandom random = new SplittableRandom(42);
        FloatBuffer buffer = ByteBuffer.allocateDirect(rows * vocabulary * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        for (int i = 0; i < rows * vocabulary; i++) {
            buffer.put(i, (float) (random.nextGaussian() * 2.5));
        }
        for (int row = 0; row < rows; row++) {
            for (int likely = 0; likely < 20; likely++) {
                buffer.put(row * vocabulary + random.nextInt(vocabulary), 16 - likely * 0.5f);
            }
        }
        return new Logits(buffer, rows, vocabulary);
    }

    /** The same logits as a device gives them that has computed the {@code count} best tokens of each row; rows cost nothing to fetch. */
    public static Logits withBest(Logits logits, int count) {
        FloatBuffer best = FloatBuffer.allocate(logits.rows() * count);
        LongBuffer ids = LongBuffer.allocate(logits.rows() * count);
        FloatBuffer sums = FloatBuffer.allocate(logits.rows());
        float[] row = new float[logits.vocabulary()];
        for (int r = 0; r < logits.rows(); r++) {
            logits.copyRow(r, row);
            sums.put((float) Math.log(IntStream.range(0, row.length)
                    .mapToDouble(id -> Math.exp(row[id]))
                    .sum()));
            PriorityQueue<Integer> likeliest = new PriorityQueue<>(Comparator.comparingDouble(id -> row[id]));
            for (int id = 0; id < row.length; id++) {
                if (likeliest.size() < count || row[id] > row[likeliest.element()]) {
                    likeliest.add(id);
                }
                if (likeliest.size() > count) {
                    likeliest.remove();
                }
            }
            likeliest.stream().sorted(likeliest.comparator().reversed()).forEach(id -> {
                best.put(row[id]);
                ids.put(id);
            });
        }
        return new Logits(
                logits.buffer(), logits.rows(), logits.vocabulary(), new BestTokens(count, best, ids, sums, r -> {}));
    }
}
