package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.topology.ValueFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Completions of each kind, to be written before there are any: a schema that cannot take one would stop the operator later. */
public final class SampleCompletions {
    private static final String COMPLETION = """
            {"id":"sample","object":"%s","created":1,"model":"m","choices":[%s],
             "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2},"system_fingerprint":"f"%s}""";
    private static final List<String> EACH = List.of(
            COMPLETION.formatted(
                    "chat.completion",
                    "{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"a\"},\"finish_reason\":\"stop\"}",
                    ""),
            COMPLETION.formatted(
                    "chat.completion",
                    "{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c\",\"type\":"
                            + "\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}",
                    ""),
            COMPLETION.formatted("text_completion", "{\"index\":0,\"text\":\"a\",\"finish_reason\":\"length\"}", ""),
            COMPLETION.formatted(
                    "chat.completion", "", ",\"error\":{\"code\":\"INVALID_REQUEST\",\"message\":\"why\"}"));

    private SampleCompletions() {}

    /** Writes each of them for {@code topic}. @throws AppException if the format cannot */
    public static void check(ValueFormat format, String topic) {
        for (String sample : EACH) {
            try {
                format.fromJson(topic, sample.getBytes(StandardCharsets.UTF_8));
            } catch (RuntimeException e) {
                throw new AppException(
                        e.getMessage() + "; every completion must be writable (docs/schema-registry.md shows a schema)",
                        e);
            }
        }
    }
}
