package io.causalstreams.learning.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.PromptEvent;
import io.causalstreams.topology.event.UnreadablePromptException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Reads records of the topics as facts about requests: key is the request's id, value what is known of it, in JSON.
 *
 * <pre>
 *   a prompt       {"prompt": {"messages": […]} or {"prompt": "…"}}
 *   a completion   {"answer": "…"}
 *   a correction   {"completion": "…"} or {"label": "…"} or {"accepted": true}
 * </pre>
 */
public final class Facts {
    public static final String PROMPT = "prompt";
    public static final String ANSWER = "answer";
    static final List<String> CORRECTIONS = List.of("completion", "label", "accepted");

    private Facts() {}

    /** Of prompts that name an adapter. */
    public static final class OfPrompts extends ContextualProcessor<byte[], byte[], String, String> {
        private final String adapter;

        public OfPrompts(String adapter) {
            this.adapter = adapter;
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            ObjectNode event = Json.read(record.value());
            if (event == null || !names(event)) {
                return;
            }
            ObjectNode prompt = Json.object();
            for (String field : List.of("messages", PROMPT)) {
                if (event.hasNonNull(field)) {
                    prompt.set(field, event.get(field));
                }
            }
            ObjectNode fact = Json.object();
            fact.set(PROMPT, prompt);
            String id = id(record);
            if (id != null) {
                context().forward(new Record<>(id, fact.toString(), record.timestamp()));
            }
        }

        private boolean names(ObjectNode event) {
            String named = Json.text(event, "adapter");
            String model = Json.text(event, "model");
            return named == null ? model != null && model.endsWith(":" + adapter) : named.equals(adapter);
        }

        private @Nullable String id(Record<byte[], byte[]> record) {
            RecordMetadata from = context().recordMetadata().orElseThrow();
            try {
                String id = PromptEvent.parse(record.value()).id();
                String coordinates = from.topic() + "-" + from.partition() + "-" + from.offset();
                return PromptEvent.resolveId(id, record.headers(), coordinates);
            } catch (GenerationException.Invalid | UnreadablePromptException e) {
                return null; // it is not answered
            }
        }
    }

    /** Of completions without an error. */
    public static final class OfCompletions extends ContextualProcessor<byte[], byte[], String, String> {
        @Override
        public void process(Record<byte[], byte[]> record) {
            CompletionEvent completion;
            try {
                completion = record.value() == null ? null : EventJson.readCompletion(record.value());
            } catch (UncheckedIOException e) {
                return; // somebody else's
            }
            if (completion != null && completion.error() == null) {
                String fact = Json.object().put(ANSWER, completion.content()).toString();
                context().forward(new Record<>(completion.id(), fact, record.timestamp()));
            }
        }
    }

    /** Of corrections: {@code id}, or the record's key, and one of {@link #CORRECTIONS}. */
    public static final class OfCorrections extends ContextualProcessor<byte[], byte[], String, String> {
        @Override
        public void process(Record<byte[], byte[]> record) {
            ObjectNode event = Json.read(record.value());
            if (event == null) {
                return;
            }
            String named = Json.text(event, "id");
            String id =
                    named == null && record.key() != null ? new String(record.key(), StandardCharsets.UTF_8) : named;
            for (String field : CORRECTIONS) {
                JsonNode value = event.get(field);
                if (id != null && value != null && (value.isTextual() || value.asBoolean())) {
                    String fact = Json.object().set(field, value).toString();
                    context().forward(new Record<>(id, fact, record.timestamp()));
                    return;
                }
            }
        }
    }
}
