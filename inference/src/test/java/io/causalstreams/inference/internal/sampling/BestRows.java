package io.causalstreams.inference.internal.sampling;

import io.causalstreams.inference.internal.model.BestTokens;
import io.causalstreams.inference.internal.model.Logits;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Logits as a device gives them: the best tokens of each row, in any order and any choice of equals, and rows when they are asked for. */
public final class BestRows {
    private BestRows() {}

    /**
     * The same logits, given so.
     *
     * @param fetched counts the rows that were asked for
     */
    public static Logits of(Logits logits, int count, Random random, AtomicInteger fetched) {
        return of(logits, count, random, fetched, 0);
    }

    /** @param error of {@code log_sum_exp} */
    static Logits of(Logits logits, int count, Random random, AtomicInteger fetched, double error) {
        FloatBuffer sums = FloatBuffer.allocate(logits.rows());
        FloatBuffer best = FloatBuffer.allocate(logits.rows() * count);
        LongBuffer ids = LongBuffer.allocate(logits.rows() * count);
        float[] row = new float[logits.vocabulary()];
        for (int r = 0; r < logits.rows(); r++) {
            logits.copyRow(r, row);
            sums.put((float) (logSumExp(row) + error));
            for (int id : best(row, count, random)) {
                best.put(row[id]);
                ids.put(id);
            }
        }
        FloatBuffer buffer = FloatBuffer.allocate(logits.rows() * logits.vocabulary());
        return new Logits(buffer, logits.rows(), logits.vocabulary(), new BestTokens(count, best, ids, sums, r -> {
            fetched.incrementAndGet();
            logits.copyRow(r, row);
            buffer.put(r * logits.vocabulary(), row);
        }));
    }

    private static double logSumExp(float[] row) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : row) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : row) {
            sum += Math.exp(logit - max);
        }
        return max + Math.log(sum);
    }

    private static List<Integer> best(float[] row, int count, Random random) {
        List<Integer> ids = new ArrayList<>();
        for (int id = 0; id < row.length; id++) {
            ids.add(id);
        }
        Collections.shuffle(ids, random);
        ids.sort((a, b) -> Float.compare(row[b], row[a]));
        List<Integer> best = ids.subList(0, count);
        Collections.shuffle(best, random);
        return best;
    }
}
