package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

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
 * Only original / low and original / high matter, so low = 1 may be assumed. Released models have high = 4 and a power of
 * two as original, which is tried first. Else one smoothed frequency gives original for a guessed high, and two give both.
 * Whatever reproduces every divisor is the same function of the positions, so the first that does is taken.
 */
final class Llama3Rope {

    private static final double USUAL_HIGH = 4;
    private static final double[] OTHER_HIGHS = {2, 8, 3, 1.5, 1.2, 1.05, 16, 32};
    private static final double TOLERANCE = 1e-4;

    private record Scaling(double factor, double high, double original) {

        double divisor(double wavelength) {
            if (wavelength < original / high) {
                return 1;
            }
            if (wavelength > original) {
                return factor;
            }
            double smooth = (original / wavelength - 1) / (high - 1);
            return 1 / ((1 - smooth) / factor + smooth);
        }

        boolean reproduces(float[] divisors, double[] wavelengths) {
            return IntStream.range(0, divisors.length).allMatch(i -> {
                double expected = divisor(wavelengths[i]);
                return Math.abs(divisors[i] - expected) <= TOLERANCE * expected;
            });
        }

        ObjectNode json() {
            ObjectNode json = JsonFiles.MAPPER.createObjectNode().put("rope_type", "llama3");
            json.put("factor", factor).put("low_freq_factor", 1.0).put("high_freq_factor", high);
            return original == Math.rint(original)
                    ? json.put("original_max_position_embeddings", (long) original)
                    : json.put("original_max_position_embeddings", original);
        }
    }

    private Llama3Rope() {}

    static ObjectNode of(GgufKeys keys) {
        float[] divisors = keys.tensor("rope_freqs.weight").read();
        double theta = keys.number("rope.freq_base").orElse(10000.0);
        double[] wavelengths = IntStream.range(0, divisors.length)
                .mapToDouble(i -> 2 * Math.PI * Math.pow(theta, (double) i / divisors.length))
                .toArray();
        return candidates(divisors, wavelengths).stream()
                .filter(scaling -> scaling.reproduces(divisors, wavelengths))
                .findFirst()
                .orElseThrow(() -> new CheckpointException(keys.metadata().file()
                        + ": rope_freqs.weight is not a scaling of Llama 3's kind; give the model as safetensors"))
                .json();
    }

    private static List<Scaling> candidates(float[] divisors, double[] wavelengths) {
        double factor = IntStream.range(0, divisors.length)
                .mapToDouble(i -> divisors[i])
                .reduce(1, Math::max);
        List<Scaling> candidates = new ArrayList<>();
        for (int original = 1; original <= 1 << 22; original *= 2) {
            candidates.add(new Scaling(factor, USUAL_HIGH, original));
        }
        int[] smoothed = IntStream.range(0, divisors.length)
                .filter(i -> divisors[i] > 1 && divisors[i] < factor)
                .toArray();
        if (smoothed.length > 0) {
            int first = smoothed[0];
            int last = smoothed[smoothed.length - 1];
            double s = smoothness(divisors[first], factor);
            // s = (original / w - 1) / (high - 1) at two frequencies
            double slope = (s - smoothness(divisors[last], factor)) / (1 / wavelengths[first] - 1 / wavelengths[last]);
            if (first != last) {
                candidates.add(through(wavelengths[first], s, factor, 1 + 1 / (slope / wavelengths[first] - s)));
            }
            for (double high : OTHER_HIGHS) {
                candidates.add(through(wavelengths[first], s, factor, high));
            }
        }
        return candidates;
    }

    private static double smoothness(double divisor, double factor) {
        return (1 / divisor - 1 / factor) / (1 - 1 / factor);
    }

    private static Scaling through(double wavelength, double smoothness, double factor, double high) {
        double original = (smoothness * (high - 1) + 1) * wavelength;
        double rounded = Math.rint(original);
        return new Scaling(factor, high, Math.abs(original - rounded) < TOLERANCE * rounded ? rounded : original);
    }
}
