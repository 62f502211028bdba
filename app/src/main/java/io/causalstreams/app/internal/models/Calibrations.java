package io.causalstreams.app.internal.models;

import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.export.Calibration;
import io.causalstreams.export.ReportTexts;
import io.causalstreams.inference.TeacherForcedScorer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** Calibrates an export on the shipped text, with the engine's scorer. */
public final class Calibrations {
    private static final int MOST_TOKENS = 256;
    private static final int LINE_EVERY = 10;
    private static final float RANGE_MARGIN = 1.25f;
    /** Channels that fill up a head are 0. */
    private static final float LEAST_RANGE = 1e-6f;

    private Calibrations() {}

    /**
     * A calibration against the checkpoint at fp32.
     *
     * @param maxDivergence nats
     * @param reference the checkpoint exported at fp32
     */
    public static Calibration against(Path reference, double maxDivergence, Progress progress) {
        try (TeacherForcedScorer scorer = TeacherForcedScorer.open(reference)) {
            int[] all = scorer.tokens(ReportTexts.calibration());
            int[] tokens = Arrays.copyOf(all, Math.min(all.length, MOST_TOKENS));
            AtomicInteger measurements = new AtomicInteger();
            return new Calibration(maxDivergence, tokens, scorer.logits(tokens), (directory, ids) -> {
                int number = measurements.incrementAndGet();
                if (number == 1 || number % LINE_EVERY == 0) {
                    progress.note("Measurement " + number + ": which matrices must be finer");
                }
                try (TeacherForcedScorer candidate = TeacherForcedScorer.open(directory)) {
                    return candidate.logits(ids);
                }
            });
        }
    }

    /**
     * How large keys and values of a model directory become over a shipped text, as it is and as a message, with a margin for what
     * other texts have.
     */
    public static float[][] kvCacheRanges(Path directory) {
        try (TeacherForcedScorer scorer = TeacherForcedScorer.open(directory)) {
            String text = ReportTexts.ranges();
            float[][] largest = scorer.largestCached(scorer.tokens(text));
            float[][] ofMessage = scorer.largestCached(scorer.tokensOfMessage(text));
            for (int block = 0; block < largest.length; block++) {
                for (int channel = 0; channel < largest[block].length; channel++) {
                    float both = Math.max(largest[block][channel], ofMessage[block][channel]);
                    largest[block][channel] = Math.max(both * RANGE_MARGIN, LEAST_RANGE);
                }
            }
            return largest;
        }
    }
}
