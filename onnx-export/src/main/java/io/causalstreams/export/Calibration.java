package io.causalstreams.export;

import java.nio.file.Path;

/**
 * Asks an export to keep its divergence from fp32 within a limit, by computing those matrices finer that matter most.
 *
 * <p>This module runs no models, so the caller brings the runtime.
 *
 * @param maxDivergence most mean Kullback-Leibler divergence from fp32 on the tokens, nats
 * @param tokenIds what it is measured on, two at least; {@link ReportTexts#calibration()} is meant for it
 * @param expected logits of the checkpoint at fp32, shape (tokens, vocabulary)
 * @param scoring runs what was exported for a measurement
 */
@SuppressWarnings("ArrayRecordComponent")
public record Calibration(double maxDivergence, int[] tokenIds, float[][] expected, Scoring scoring) {
    public Calibration {
        if (!(maxDivergence > 0)) {
            throw new IllegalArgumentException("the divergence must be above 0, is " + maxDivergence);
        }
    }

    /** Mean divergence of a model directory, nats. */
    double of(Path modelDirectory) {
        float[][] actual = scoring.logits(modelDirectory, tokenIds);
        Agreement agreement = new Agreement();
        for (int i = 0; i + 1 < tokenIds.length; i++) {
            agreement.add(expected[i], actual[i], tokenIds[i + 1]);
        }
        return agreement.divergence();
    }

    /** Opens a model directory, runs it once, and closes it. */
    @FunctionalInterface
    public interface Scoring {
        /** Shapes: token ids (tokens); result (tokens, vocabulary). */
        float[][] logits(Path modelDirectory, int[] tokenIds);
    }
}
