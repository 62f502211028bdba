package io.causalstreams.app.internal.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.CausalStreams;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The chart asks for what there is; its own linters cannot know. */
class ChartTest {
    private static final Path TEMPLATES = Path.of("../deploy/kubernetes/causal-streams/templates");

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Test
    void shouldScaleByAMeterThatExists() throws IOException {
        // Given
        CausalStreams operator = new CausalStreams(ScriptedEngine.saying("x"), Map.of(), meters);
        assertThat(operator.topology()).isNotNull();

        // When
        List<String> asked = matches("scaledobject.yaml", "causal_streams_\\w+\\{operator=\\\\\"[\\w-]+\\\\\"");

        // Then
        assertThat(asked).hasSize(1);
        assertThat(meters.scrape()).contains(asked.get(0).replace("\\", ""));
    }

    @Test
    void shouldProbePagesThatExist() throws IOException {
        OperationsPages pages = new OperationsPages(meters, false);
        List<String> paths = matches("deployment.yaml", "(?<=path: )/\\w+");
        assertThat(paths).containsExactly("/live", "/health", "/live");
        assertThat(paths).allMatch(path -> pages.at(path).code() != 404);
    }

    private static List<String> matches(String template, String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(TEMPLATES.resolve(template)))
                .results()
                .map(MatchResult::group)
                .toList();
    }
}
