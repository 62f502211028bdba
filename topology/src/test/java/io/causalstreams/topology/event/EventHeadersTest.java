package io.causalstreams.topology.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.ModelInfo;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class EventHeadersTest {

    private static final ModelInfo MODEL = new ModelInfo("tiny", "ff", 64, 128, "fp32", true);

    @Test
    void shouldPassThePromptsHeadersAndDescribeTheEventItself() {
        // Given
        Headers prompt = new RecordHeaders();
        add(prompt, "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        add(prompt, "ce_id", "prompt-id");
        add(prompt, "ce_tenant", "acme");
        add(prompt, "content-type", "application/vnd.acme+json");
        add(prompt, "twice", "1");
        add(prompt, "twice", "2");
        prompt.add("empty", null);
        OutputEvents events = new OutputEvents("r-1", OutputEvents.Shape.CHAT, false, 1, MODEL);
        // When
        Headers headers = EventHeaders.token(
                prompt,
                EventHeaders.source("app", "tiny"),
                events.token(new TokenChunk(1, 17, List.of(4), "x", null), 0),
                Instant.parse("2026-01-02T03:04:05.678Z"));
        // Then
        assertThat(headers.toArray())
                .extracting(
                        h -> h.key() + "=" + (h.value() == null ? null : new String(h.value(), StandardCharsets.UTF_8)))
                .containsExactly(
                        "traceparent=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                        "ce_tenant=acme",
                        "twice=1",
                        "twice=2",
                        "empty=null",
                        "ce_specversion=1.0",
                        "ce_id=r-1:1:17",
                        "ce_type=io.causalstreams.token.v1",
                        "ce_source=/app/tiny",
                        "ce_subject=r-1",
                        "ce_time=2026-01-02T03:04:05.678Z",
                        "content-type=application/json");
    }

    @Test
    void shouldNameACompletionByTheRequest() {
        Headers headers = EventHeaders.completion(new RecordHeaders(), "/app/tiny", "r-1", Instant.EPOCH);
        assertThat(headers.lastHeader("ce_id").value()).isEqualTo("r-1".getBytes(StandardCharsets.UTF_8));
        assertThat(headers.lastHeader("ce_type").value())
                .isEqualTo("io.causalstreams.completion.v1".getBytes(StandardCharsets.UTF_8));
    }

    private static void add(Headers headers, String key, String value) {
        headers.add(key, value.getBytes(StandardCharsets.UTF_8));
    }
}
