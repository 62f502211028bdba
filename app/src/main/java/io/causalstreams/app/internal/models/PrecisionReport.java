package io.causalstreams.app.internal.models;

import io.causalstreams.export.ExportReport;
import io.causalstreams.export.Precision;
import io.causalstreams.export.ReportTexts;
import io.causalstreams.inference.TeacherForcedScorer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Measures an export against the same checkpoint at fp32, on the shipped texts. */
public final class PrecisionReport {
    private PrecisionReport() {}

    /**
     * The figures of every text.
     *
     * @param reference the checkpoint exported at fp32
     * @param candidate the checkpoint exported at {@code precision}
     */
    public static ExportReport of(Precision precision, Path reference, Path candidate) {
        try (TeacherForcedScorer expected = TeacherForcedScorer.open(reference);
                TeacherForcedScorer actual = TeacherForcedScorer.open(candidate)) {
            Map<String, int[]> texts = new LinkedHashMap<>();
            ReportTexts.all().forEach((name, text) -> texts.put(name, expected.tokens(text)));
            return ExportReport.compare(precision, expected::logits, actual::logits, texts);
        }
    }
}
