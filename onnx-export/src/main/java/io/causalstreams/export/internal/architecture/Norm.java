package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.weight.Weight;
import org.jspecify.annotations.Nullable;

/**
 * A normalisation over the last dimension.
 *
 * <pre>
 *   RMS    y = x / √(mean(x²) + ε) · w
 *   LAYER  y = (x - mean(x)) / √(var(x) + ε) · w + b
 * </pre>
 *
 * @param weight (size, 1)
 * @param bias (size, 1), or null for none
 */
public record Norm(Kind kind, Weight weight, @Nullable Weight bias, double epsilon) {

    public static Norm rms(Weight weight, double epsilon) {
        return new Norm(Kind.RMS, weight, null, epsilon);
    }

    /** RMS with the factor 1 + w (Gemma stores w). */
    static Norm rmsAroundOne(Weight weight, double epsilon) {
        return rms(weight.map("+1", w -> 1 + w), epsilon);
    }

    public static Norm layer(Weight weight, @Nullable Weight bias, double epsilon) {
        return new Norm(Kind.LAYER, weight, bias, epsilon);
    }

    public int size() {
        return weight.rows();
    }

    /** The norm whose result is {@code factor} times this one's. */
    public Norm scaled(double factor) {
        return new Norm(kind, weight.scaled(factor), bias == null ? null : bias.scaled(factor), epsilon);
    }

    /** Which statistics are taken. */
    public enum Kind {
        RMS,
        LAYER
    }
}
