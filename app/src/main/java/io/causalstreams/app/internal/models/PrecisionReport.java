package io.causalstreams.app.internal.models;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.export.ExportReport;
import io.causalstreams.export.ReportTexts;
import io.causalstreams.inference.TeacherForcedScorer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Measures a model against another of its vocabulary, most often the same checkpoint at fp32, on the shipped texts. */
public final class PrecisionReport {
    private PrecisionReport() {}

    /**
     * The figures of every text, as far as both models' contexts reach.
     *
     * @param reference a model at fp32
     * @param candidate what is compared with it
     * @throws AppException if the two are not of one vocabulary: differ in size, or divide the texts into other tokens
     */
    public static ExportReport of(Path reference, Path candidate) {
        try (TeacherForcedScorer expected = TeacherForcedScorer.open(reference);
                TeacherForcedScorer actual = TeacherForcedScorer.open(candidate)) {
            if (expected.vocabularySize() != actual.vocabularySize()) {
                throw otherVocabulary(
                        reference,
                        candidate,
                        "give %d and %d logits a token".formatted(expected.vocabularySize(), actual.vocabularySize()));
            }
            Map<String, int[]> texts = new LinkedHashMap<>();
            ReportTexts.all().forEach((name, text) -> {
                int[] tokens = expected.tokens(text);
                int[] others = actual.tokens(text);
                int common = Math.min(tokens.length, others.length);
                if (!Arrays.equals(tokens, 0, common, others, 0, common)) {
                    throw otherVocabulary(reference, candidate, "do not divide the text '%s' alike".formatted(name));
                }
                texts.put(name, Arrays.copyOf(tokens, common));
            });
            return ExportReport.compare(actual.precision(), expected::logits, actual::logits, texts);
        }
    }

    private static AppException otherVocabulary(Path reference, Path candidate, String difference) {
        return new AppException(
                "%s and %s %s; a report compares models of one vocabulary".formatted(reference, candidate, difference));
    }
}
