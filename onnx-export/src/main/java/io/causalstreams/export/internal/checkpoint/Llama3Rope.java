package io.causalstreams.export.internal.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Recovers Llama 3's rope scaling from the divisors a converter computed of it ({@code rope_freqs.weight}).
 *
 * <p>With wavelength w_i = 2 pi * theta^(2i/d) of frequency i, the divisor is
 *
 * <pre>
 *  1                               if w_i &lt; original / high
 *  factor                          if w_i &gt; original / low
 *  1 / ((1 - s) / factor + s)      else, with s = (original / w_i - low) / (high - low)
 * </pre>
 *
 * Only original / low and original / high matter, so low = 1 may be assumed: original is then a wavelength between the last
 * smoothed frequency and the first fully scaled one. Released models have low = 1, high = 4 and a power of two as original,
 * which is tried; the result is taken only if it reproduces every divisor.
 */
final class Llama3Rope {

    private static final double LOW = 1;
    private static final double HIGH = 4;
    private static final double TOLERANCE = 1e-4;

    private Llama3Rope() {}

    static ObjectNode of(GgufKeys keys) {
        float[] divisors = keys.tensor("rope_freqs.weight").read();
        double theta = keys.number("rope.freq_base").orElse(10000.0);
        double factor = 1;
        for (float divisor : divisors) {
            factor = Math.max(factor, divisor);
        }
        for (int original = 1; original <= 1 << 22; original *= 2) {
            if (reproduces(divisors, theta, factor, original)) {
                return JsonFiles.MAPPER
                        .createObjectNode()
                        .put("rope_type", "llama3")
                        .put("factor", factor)
                        .put("low_freq_factor", LOW)
                        .put("high_freq_factor", HIGH)
                        .put("original_max_position_embeddings", original);
            }
        }
        throw new CheckpointException(keys.metadata().file()
                + ": rope_freqs.weight is not Llama 3's rope scaling with the usual factors 1 and 4; give the model as"
                + " safetensors");
    }

    private static boolean reproduces(float[] divisors, double theta, double factor, double original) {
        for (int i = 0; i < divisors.length; i++) {
            double wavelength = 2 * Math.PI * Math.pow(theta, (double) i / divisors.length);
            double expected = divisor(wavelength, factor, original);
            if (Math.abs(divisors[i] - expected) > TOLERANCE * expected) {
                return false;
            }
        }
        return true;
    }

    private static double divisor(double wavelength, double factor, double original) {
        if (wavelength < original / HIGH) {
            return 1;
        }
        if (wavelength > original / LOW) {
            return factor;
        }
        double smooth = (original / wavelength - LOW) / (HIGH - LOW);
        return 1 / ((1 - smooth) / factor + smooth);
    }
}
