package io.causalstreams.app.internal.models;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.export.ExportReport;
import io.causalstreams.export.Precision;
import io.causalstreams.export.ReportTexts;
import io.causalstreams.inference.TeacherForcedScorer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Measures an export against the same checkpoint at fp32, or another's of the same vocabulary, on the shipped texts. */
public final class PrecisionReport {
    private PrecisionReport() {}

    /**
     * The figures of every text, as far as both models' contexts reach.
     *
     * @param reference a model at fp32
     * @param candidate what is compared with it
     * @param precision of {@code candidate}
     * @throws AppException if the two do not divide the texts into the same tokens
     */
    public static ExportReport of(Precision precision, Path reference, Path candidate) {
        try (TeacherForcedScorer expected = TeacherForcedScorer.open(reference);
                TeacherForcedScorer actual = TeacherForcedScorer.open(candidate)) {
            Map<String, int[]> texts = new LinkedHashMap<>();
            ReportTexts.all().forEach((name, text) -> {
                int[] tokens = expected.tokens(text);
                int[] others = actual.tokens(text);
                int common = Math.min(tokens.length, others.length);
                if (!Arrays.equals(tokens, 0, common, others, 0, common)) {
                    throw new AppException(reference + " and " + candidate
                            + " do not divide texts into the same tokens; a report compares models of one vocabulary");
                }
                texts.put(name, Arrays.copyOf(tokens, common));
            });
            return ExportReport.compare(precision, expected::logits, actual::logits, texts);
        } catch (IllegalArgumentException e) {
            throw new AppException(reference + " and " + candidate + " are not of one vocabulary: " + e.getMessage());
        }
    }
}
