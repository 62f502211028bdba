package io.causalstreams.app.internal.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.CausalStreams;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DashboardTest {

    private static final Path DASHBOARD = Path.of("../deploy/observability/grafana/dashboards/causal-streams.json");
    private static final Pattern NAME = Pattern.compile("(?:causal_streams|jvm|process)_[a-z_]+");

    @Test
    void shouldShowTheFourGoldenSignals() throws IOException {
        List<String> rows = new ArrayList<>();
        for (JsonNode panel : new ObjectMapper().readTree(DASHBOARD.toFile()).path("panels")) {
            if (panel.path("type").asText().equals("row")) {
                rows.add(panel.path("title").asText());
            }
        }
        assertThat(rows).containsExactly("Traffic", "Latency", "Errors", "Saturation");
    }

    @Test
    void shouldAskOnlyForMetersThatExist() throws IOException {
        // Given
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        ProcessMeters.bindTo(meters);
        CausalStreams operator = new CausalStreams(ScriptedEngine.saying("x"), Map.of(), meters);
        assertThat(operator.topology()).isNotNull();
        // When
        String scraped = meters.scrape();
        // Then
        Set<String> asked = names();
        assertThat(asked).hasSizeGreaterThan(15);
        assertThat(asked)
                .allMatch(name -> Pattern.compile("^" + name + "[ {]", Pattern.MULTILINE)
                        .matcher(scraped)
                        .find());
    }

    private static Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        for (JsonNode expression :
                new ObjectMapper().readTree(DASHBOARD.toFile()).findValues("expr")) {
            Matcher matcher = NAME.matcher(expression.asText());
            while (matcher.find()) {
                names.add(matcher.group());
            }
        }
        return names;
    }
}
