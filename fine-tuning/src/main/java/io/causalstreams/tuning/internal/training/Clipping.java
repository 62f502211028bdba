package io.causalstreams.tuning.internal.training;

import io.causalstreams.tuning.internal.adapter.Parameter;
import java.util.List;

/** Shortens the gradient of all parameters together to a greatest length (Pascanu et al., arXiv 1211.5063). */
final class Clipping {
    private Clipping() {}

    /** Shortens them where {@code greatest} is not 0, and returns the length before. */
    static double apply(List<Parameter> parameters, double greatest) {
        double sum = 0;
        for (Parameter parameter : parameters) {
            for (float each : parameter.gradient()) {
                sum += (double) each * each;
            }
        }
        double length = Math.sqrt(sum);
        if (greatest > 0 && length > greatest) {
            float factor = (float) (greatest / (length + 1e-6));
            for (Parameter parameter : parameters) {
                float[] gradient = parameter.gradient();
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] *= factor;
                }
            }
        }
        return length;
    }
}
