package io.causalstreams.topology;

import static io.causalstreams.topology.OperatorDriver.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.topology.adapter.AdapterCatalog;
import io.causalstreams.topology.adapter.AdapterEvent;
import io.causalstreams.topology.adapter.AdapterKey;
import io.causalstreams.topology.adapter.AdapterPreparation;
import io.causalstreams.topology.adapter.TestAdapters;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.EventHeaders;
import io.causalstreams.topology.event.EventJson;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which adapter answers when adapters come and go while requests run. */
class AdaptersTopologyTest {
    private static final AdapterKey SUPPORT = new AdapterKey("support", false);
    private static final AdapterKey CANDIDATE = new AdapterKey("support", true);
    private static final AdapterEvent FIRST = TestAdapters.event("first");
    private static final AdapterEvent SECOND = TestAdapters.event("second");
    private static final String V1 = "support@" + FIRST.sha256();
    private static final String V2 = "support@" + SECOND.sha256();

    @TempDir
    Path directory;

    private final AdaptedEngine engine = AdaptedEngine.create();

    @Test
    void shouldEndWithTheVersionThatARequestBeganWith() throws IOException {
        AdapterCatalog catalog = catalog();
        try (OperatorDriver driver = driver(catalog, Map.of())) {
            // Given
            driver.send("k", prompt("before"));
            catalog.put(SUPPORT, FIRST);
            driver.send("k", prompt("running"));
            step(driver);

            // When
            catalog.put(SUPPORT, SECOND);
            TestAdapters.sweepNow(catalog);
            driver.send("k", prompt("new"));
            catalog.remove(SUPPORT);
            driver.send("k", prompt("after"));
            finish(driver);

            // Then
            List<TestRecord<byte[], byte[]>> records = driver.completions.readRecordsToList();
            assertThat(records)
                    .extracting(each -> header(each.headers(), EventHeaders.ADAPTER))
                    .containsExactly("support@", V1, V2, "support@");
            assertThat(records)
                    .extracting(AdaptersTopologyTest::completion)
                    .extracting(CompletionEvent::id, CompletionEvent::model, CompletionEvent::adapterVersion)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("before", "scripted", null),
                            org.assertj.core.groups.Tuple.tuple("running", "scripted:support", FIRST.sha256()),
                            org.assertj.core.groups.Tuple.tuple("new", "scripted:support", SECOND.sha256()),
                            org.assertj.core.groups.Tuple.tuple("after", "scripted", null));
            assertThat(completion(records.get(1)).content()).isEqualTo(V1 + " " + V1 + " " + V1);

            // and nobody needs them any more
            TestAdapters.sweepNow(catalog);
            assertThat(engine.adapters()).isEmpty();
        }
    }

    @Test
    void shouldMeterByTheNameOfTheAdapter() throws IOException {
        AdapterCatalog catalog = catalog();
        catalog.put(SUPPORT, FIRST);
        try (OperatorDriver driver = driver(catalog, Map.of())) {
            driver.send("k", prompt("a"));
            catalog.put(SUPPORT, SECOND);
            driver.send("k", prompt("b"));
            driver.send("k", "{\"id\": \"c\", \"adapter\": \"x@y\", \"prompt\": \"Hi\"}");
            finish(driver);

            assertThat(driver.meters
                            .get("causal.streams.completion.tokens")
                            .tag("adapter", "support")
                            .counter()
                            .count())
                    .isEqualTo(6);
            assertThat(driver.meters.get("causal.streams.completion.tokens").counters())
                    .extracting(each -> each.getId().getTag("adapter"))
                    .containsExactlyInAnyOrder("none", "support");
        }
    }

    @Test
    void shouldTakeNobodysWordForAVersion() throws IOException {
        AdapterCatalog catalog = catalog();
        catalog.put(SUPPORT, FIRST);
        try (OperatorDriver driver = driver(catalog, Map.of())) {
            driver.send("k", prompt("a"), Map.of(EventHeaders.ADAPTER, V2, EventHeaders.SHADOW, "x"));
            finish(driver);

            assertThat(driver.completion().adapterVersion()).isEqualTo(FIRST.sha256());
        }
    }

    @Test
    void shouldAnswerInShadowBesideTheAnswer() throws IOException {
        AdapterCatalog catalog = catalog();
        catalog.put(SUPPORT, FIRST);
        catalog.put(CANDIDATE, SECOND.asCandidate(null, true));
        try (OperatorDriver driver = driver(catalog, Map.of("causal.streams.shadows.topic", "shadows"))) {
            // When
            var shadows = driver.output("shadows");
            driver.send("k", prompt("a"), Map.of("traceparent", "t"));
            finish(driver);

            // Then
            CompletionEvent answer = driver.completion();
            assertThat(answer.adapterVersion()).isEqualTo(FIRST.sha256());
            TestRecord<byte[], byte[]> shadow = shadows.readRecord();
            assertThat(completion(shadow).id()).isEqualTo("a");
            assertThat(completion(shadow).adapterVersion()).isEqualTo(SECOND.sha256());
            assertThat(header(shadow.headers(), EventHeaders.SHADOW)).isEqualTo("a");
            assertThat(header(shadow.headers(), "traceparent")).isEqualTo("t");
            assertThat(shadow.getKey()).isEqualTo(OperatorDriver.bytes("k"));
            assertThat(driver.completions.isEmpty()).isTrue();
            assertThat(driver.tokenEvents())
                    .allSatisfy(each -> assertThat(each.model()).isEqualTo("scripted:support"));
            assertThat(engine.scripted.submitted())
                    .extracting(request -> request.priority())
                    .containsExactly(0, Integer.MAX_VALUE);

            // and when the same prompt comes again, nothing runs
            driver.send("k", prompt("a"));
            finish(driver);
            assertThat(driver.completions.getQueueSize()).isEqualTo(1);
            assertThat(shadows.isEmpty()).isTrue();
        }
    }

    @Test
    void shouldRunNoShadowWithoutATopicForIt() throws IOException {
        AdapterCatalog catalog = catalog();
        catalog.put(SUPPORT, FIRST);
        catalog.put(CANDIDATE, SECOND.asCandidate(null, true));
        try (OperatorDriver driver = driver(catalog, Map.of())) {
            driver.send("k", prompt("a"));
            finish(driver);

            assertThat(engine.scripted.submitted()).hasSize(1);
        }
    }

    private AdapterCatalog catalog() {
        return new AdapterCatalog(engine, directory, AdapterPreparation.none(), List.of());
    }

    private OperatorDriver driver(AdapterCatalog catalog, Map<String, Object> settings) {
        return new OperatorDriver(engine, settings, OpenTelemetry.noop(), catalog);
    }

    private void step(OperatorDriver driver) {
        engine.scripted.step();
        driver.advance(1000);
    }

    private void finish(OperatorDriver driver) {
        driver.advance(1000);
        engine.scripted.runAll();
        driver.advance(1000);
    }

    private static CompletionEvent completion(TestRecord<byte[], byte[]> record) {
        return EventJson.readCompletion(record.value());
    }

    private static String prompt(String id) {
        return "{\"id\": \"%s\", \"adapter\": \"support\", \"prompt\": \"Hi\", \"max_tokens\": 9}".formatted(id);
    }
}
