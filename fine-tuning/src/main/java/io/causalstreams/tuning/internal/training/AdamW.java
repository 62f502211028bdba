package io.causalstreams.tuning.internal.training;

import io.causalstreams.tuning.internal.adapter.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * AdamW (Loshchilov and Hutter, arXiv 1711.05101), in torch's order of operations.
 *
 * <pre>
 *   w ← w - lr · decay · w
 *   m ← β₁ m + (1 - β₁) g        v ← β₂ v + (1 - β₂) g²
 *   w ← w - lr / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
 * </pre>
 *
 * One thread.
 */
public final class AdamW {
    private final Settings settings;
    private final List<Parameter> parameters;
    private final List<float[]> means = new ArrayList<>();
    private final List<float[]> squares = new ArrayList<>();
    private long steps;

    /** The usual values are 0.9, 0.999, 1e-8 and 0.01. */
    public record Settings(double beta1, double beta2, double epsilon, double decay) {}

    public AdamW(Settings settings, List<Parameter> parameters) {
        this.settings = settings;
        this.parameters = List.copyOf(parameters);
        for (Parameter parameter : parameters) {
            means.add(new float[parameter.size()]);
            squares.add(new float[parameter.size()]);
        }
    }

    /** Moves all parameters against their gradients, which stay. */
    public void step(double learningRate) {
        steps++;
        double rootCorrection = Math.sqrt(1 - Math.pow(settings.beta2(), (double) steps));
        float stepSize = (float) (learningRate / (1 - Math.pow(settings.beta1(), (double) steps)));
        float keep = (float) (1 - learningRate * settings.decay());
        float beta1 = (float) settings.beta1();
        float beta2 = (float) settings.beta2();
        float rest1 = (float) (1 - settings.beta1());
        float rest2 = (float) (1 - settings.beta2());
        for (int p = 0; p < parameters.size(); p++) {
            Parameter parameter = parameters.get(p);
            float[] gradient = parameter.gradient();
            float[] mean = means.get(p);
            float[] square = squares.get(p);
            float[] values = new float[gradient.length];
            parameter.values().get(0, values);
            for (int i = 0; i < values.length; i++) {
                float g = gradient[i];
                mean[i] = beta1 * mean[i] + rest1 * g;
                square[i] = beta2 * square[i] + rest2 * g * g;
                float denominator = (float) (Math.sqrt(square[i]) / rootCorrection + settings.epsilon());
                values[i] = values[i] * keep - stepSize * mean[i] / denominator;
            }
            parameter.values().put(0, values);
        }
    }

    long steps() {
        return steps;
    }

    /** Moments themselves, m and v of each parameter in turn: what a state consists of, besides {@link #steps}. */
    List<float[]> moments() {
        List<float[]> moments = new ArrayList<>();
        for (int p = 0; p < parameters.size(); p++) {
            moments.add(means.get(p));
            moments.add(squares.get(p));
        }
        return moments;
    }

    void resumeAt(long stepsDone) {
        steps = stepsDone;
    }
}
