package io.causalstreams.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportReportTest {
    private static final float LN3 = (float) Math.log(3);

    @TempDir
    Path directory;

    @Test
    void shouldFindNoDistanceBetweenAModelAndItself() {
        // Given
        LogitsScorer model = tokens -> new float[][] {{1, 2, 3}, {0, 5, 1}, {2, 2, 0}};

        // When
        ExportReport report = ExportReport.compare("int8", model, model, Map.of("text", new int[] {2, 1, 0}));

        // Then
        assertThat(report.overall().divergence()).isZero();
        assertThat(report.overall().agreement()).isEqualTo(1);
        assertThat(report.overall().tokens()).isEqualTo(2);
    }

    @Test
    void shouldGiveTheFiguresOfTwoCoins() throws Exception {
        // Given: a fair coin, and one that falls on 0 three times of four
        LogitsScorer fair = tokens -> new float[][] {{0, 0}, {0, 0}};
        LogitsScorer loaded = tokens -> new float[][] {{LN3, 0}, {LN3, 0}};

        // When
        ExportReport report = ExportReport.compare("int4", fair, loaded, Map.of("coin", new int[] {0, 1}));

        // Then
        ExportReport.Line line = report.overall();
        assertThat(line.divergence()).isCloseTo(0.5 * Math.log(0.5 / 0.75) + 0.5 * Math.log(0.5 / 0.25), within(1e-6));
        assertThat(line.perplexity()).isCloseTo(4, within(1e-6));
        assertThat(line.referencePerplexity()).isCloseTo(2, within(1e-6));
        report.write(directory);
        assertThat(new ObjectMapper()
                        .readTree(directory.resolve("report.json").toFile())
                        .at("/texts/1/text")
                        .asText())
                .isEqualTo("all");
        assertThat(report.table()).contains("int4").contains("coin").contains("4.000");
    }

    @Test
    void shouldShipTexts() {
        assertThat(ReportTexts.all())
                .containsOnlyKeys("prose", "code", "dialogue")
                .allSatisfy((name, text) -> assertThat(text).hasSizeGreaterThan(400));
    }
}
