package io.causalstreams.tuning.internal.model;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * What is dropped of an adapted module's input: each element with the same probability, the others counting 1 / (1 - probability)
 * times, so that the mean stays (Srivastava et al., 2014).
 *
 * <p>A function of the draw, the module and the element, so that a layer that runs again drops the same, and so does a training that
 * goes on after its end.
 *
 * @param probability at least 0, less than 1
 * @param draw names the pass; another has other factors
 */
public record Dropout(double probability, long draw) {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final int BITS = 32;

    /** Factors on {@code count} elements of the input of a module: 0, or 1 / (1 - probability). */
    float[] factors(String module, int count) {
        CRC32 name = new CRC32();
        name.update(module.getBytes(StandardCharsets.UTF_8));
        long key = mix(draw + name.getValue());
        long dropped = (long) (probability * (1L << BITS));
        float kept = (float) (1 / (1 - probability));
        float[] factors = new float[count];
        for (int i = 0; i < count; i += 2) {
            long bits = mix(key + (i / 2 + 1) * GOLDEN);
            factors[i] = (bits & 0xFFFFFFFFL) < dropped ? 0 : kept;
            if (i + 1 < count) {
                factors[i + 1] = bits >>> BITS < dropped ? 0 : kept;
            }
        }
        return factors;
    }

    /** The draw of a batch: what it is called in a training of this seed. */
    public static long draw(long seed, int step, int batch) {
        return mix(mix(mix(seed) + step) + batch);
    }

    /** SplitMix64's finaliser (Steele et al., 2014): a bijection whose every bit depends on all bits. */
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
