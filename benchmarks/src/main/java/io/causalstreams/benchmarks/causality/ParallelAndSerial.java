package io.causalstreams.benchmarks.causality;

import io.causalstreams.inference.TeacherForcedScorer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * The loss at every position of a text, by one teacher-forced pass and by the serial loop: seconds of each, and how far they are
 * apart.
 *
 * <p>Arguments: model directory, file of a text, rounds, lengths in tokens. Prints a line of JSON for each round of each length.
 */
public final class ParallelAndSerial {
    private ParallelAndSerial() {}

    /** Losses in nats, and the seconds they took. */
    private record Losses(List<Double> values, double seconds) {}

    /** Measures. */
    public static void main(String[] arguments) throws IOException {
        try (TeacherForcedScorer scorer = TeacherForcedScorer.open(Path.of(arguments[0]))) {
            int[] text = scorer.tokens(Files.readString(Path.of(arguments[1])));
            int rounds = Integer.parseInt(arguments[2]);
            for (int i = 3; i < arguments.length; i++) {
                int length = Integer.parseInt(arguments[i]);
                if (length >= text.length) {
                    throw new IllegalArgumentException(
                            "%s has %d tokens that the context takes, %d and one more are needed; give a longer text"
                                    .formatted(arguments[1], text.length, length));
                }
                for (int round = 0; round < rounds; round++) {
                    Losses parallel = losses(scorer::logits, text, length);
                    Losses serial = losses(scorer::logitsOneByOne, text, length);
                    System.out.printf(
                            Locale.ROOT,
                            "{\"tokens\":%d,\"loss\":%.6f,\"parallel\":%.6f,\"serial\":%.6f,\"apart\":%.3e}%n",
                            length,
                            parallel.values.stream()
                                    .mapToDouble(Double::doubleValue)
                                    .average()
                                    .orElseThrow(),
                            parallel.seconds,
                            serial.seconds,
                            apart(parallel.values, serial.values));
                }
            }
        }
    }

    private static Losses losses(Function<int[], float[][]> logits, int[] text, int length) {
        int[] seen = Arrays.copyOf(text, length);
        long begin = System.nanoTime();
        float[][] rows = logits.apply(seen);
        double seconds = (System.nanoTime() - begin) / 1e9;
        List<Double> losses = new ArrayList<>();
        for (int position = 0; position < length; position++) {
            losses.add(loss(rows[position], text[position + 1]));
        }
        return new Losses(losses, seconds);
    }

    /** Cross-entropy of the next token. */
    private static double loss(float[] logits, int next) {
        double most = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            most = Math.max(most, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - most);
        }
        return most + Math.log(sum) - logits[next];
    }

    private static double apart(List<Double> one, List<Double> other) {
        double most = 0;
        for (int i = 0; i < one.size(); i++) {
            most = Math.max(most, Math.abs(one.get(i) - other.get(i)));
        }
        return most;
    }
}
