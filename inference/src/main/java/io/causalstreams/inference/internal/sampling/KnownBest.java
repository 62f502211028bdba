package io.causalstreams.inference.internal.sampling;

import io.causalstreams.inference.internal.model.BestTokens;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The tokens of a row that are surely its most likely ones, in order of id, so that a choice among them is that among all.
 *
 * <p>Of a model's best tokens the least likely one and its equals are left out: others may be as likely, and which of equals a
 * device gives is its own affair.
 *
 * <p>Reused between rows; not thread-safe.
 */
final class KnownBest {
    /** That no token is surely the most likely. */
    static final int NONE = -1;

    private long[] order = new long[0];
    private float[] logits = new float[0];
    private int[] ids = new int[0];
    private int size;
    private float least;
    private float logSumExp;

    /**
     * The most likely token of a row, the lowest id of equals, without putting the others in order.
     *
     * @param vocabulary ids from here on cannot be chosen
     * @return {@link #NONE} where others may be as likely, or a logit is no finite number
     */
    static int mostLikely(BestTokens best, int row, int vocabulary) {
        int count = best.count();
        float max = Float.NEGATIVE_INFINITY;
        float least = Float.POSITIVE_INFINITY;
        long mostLikely = NONE;
        for (int i = row * count; i < (row + 1) * count; i++) {
            float logit = best.logits().get(i);
            if (!Float.isFinite(logit)) {
                return NONE;
            }
            least = Math.min(least, logit);
            long id = best.ids().get(i);
            if (id < vocabulary && (logit > max || (logit == max && id < mostLikely))) {
                max = logit;
                mostLikely = id;
            }
        }
        return max > least ? (int) mostLikely : NONE;
    }

    /**
     * Starts over with a row.
     *
     * @param vocabulary ids from here on cannot be chosen
     * @return this, without any token where a logit is no finite number
     */
    KnownBest of(BestTokens best, int row, int vocabulary) {
        int count = best.count();
        if (ids.length < count) {
            order = new long[count];
            logits = new float[count];
            ids = new int[count];
        }
        size = 0;
        FloatBuffer sums = best.logSumExp();
        logSumExp = sums == null ? Float.NaN : sums.get(row);
        least = Float.POSITIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            float logit = best.logits().get(row * count + i);
            if (!Float.isFinite(logit)) {
                return this;
            }
            least = Math.min(least, logit);
        }
        int chosen = 0;
        for (int i = 0; i < count; i++) {
            long id = best.ids().get(row * count + i);
            if (id < vocabulary && best.logits().get(row * count + i) > least) {
                order[chosen++] = id << Integer.SIZE | i;
            }
        }
        Arrays.sort(order, 0, chosen);
        for (int i = 0; i < chosen; i++) {
            ids[i] = (int) (order[i] >>> Integer.SIZE);
            logits[i] = best.logits().get(row * count + (int) order[i]);
        }
        size = chosen;
        return this;
    }

    int size() {
        return size;
    }

    /** After some were lowered: those that others may be as likely as are known no more. */
    void keepAboveLeast() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (logits[i] > least) {
                ids[kept] = ids[i];
                logits[kept++] = logits[i];
            }
        }
        size = kept;
    }

    /** By ascending id; may be lowered in place, see {@link #keepAboveLeast}. */
    float[] logits() {
        return logits;
    }

    int id(int index) {
        return ids[index];
    }

    /** Where a token is among them; negative if it is not. */
    int indexOf(int tokenId) {
        return Arrays.binarySearch(ids, 0, size, tokenId);
    }

    /** No other token's logit is larger. */
    float least() {
        return least;
    }

    /** Whether the model has said {@link #logSumExp}. */
    boolean hasSum() {
        return Float.isFinite(logSumExp);
    }

    /** The logarithm of the sum of e^logit over the whole row, tokens that cannot be chosen among them. */
    float logSumExp() {
        return logSumExp;
    }
}
