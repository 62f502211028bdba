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
     * The figures of every text.
     *
     * @param reference the checkpoint exported at fp32
     * @param candidate the checkpoint exported at {@code precision}
     * @throws AppException if the two do not give logits of the same tokens
     */
    public static ExportReport of(Precision precision, Path reference, Path candidate) {
        try (TeacherForcedScorer expected = TeacherForcedScorer.open(reference);
                TeacherForcedScorer actual = TeacherForcedScorer.open(candidate)) {
            Map<String, int[]> texts = new LinkedHashMap<>();
            ReportTexts.all().forEach((name, text) -> texts.put(name, expected.tokens(text)));
            requireSameTokens(reference, expected, candidate, actual);
            return ExportReport.compare(precision, expected::logits, actual::logits, texts);
        }
    }

    private static void requireSameTokens(
            Path reference, TeacherForcedScorer expected, Path candidate, TeacherForcedScorer actual) {
        String text = String.join("\n", ReportTexts.all().values());
        if (!Arrays.equals(expected.tokens(text), actual.tokens(text))) {
            throw new AppException(reference + " and " + candidate
                    + " do not divide texts into the same tokens; a report compares models of one vocabulary");
        }
    }
}
