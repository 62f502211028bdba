package io.causalstreams.it.documentation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.topology.event.PromptEvent;
import io.causalstreams.topology.event.UnreadablePromptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** JSON of the documentation. What is a request, a message or a form of answers is read by the parser of prompt events. */
final class DocumentedJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private DocumentedJson() {}

    /** What is wrong with one JSON value. */
    static List<String> problems(String text) {
        try {
            return requestProblems(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            return List.of("not JSON: " + e.getOriginalMessage());
        }
    }

    private static List<String> requestProblems(JsonNode value) throws JsonProcessingException {
        if (value.has("messages") || value.has("prompt") || value.has("task")) {
            return promptProblems(value);
        }
        if (value.has("role")) {
            ObjectNode request = JSON.createObjectNode();
            request.putArray("messages").add(value);
            return promptProblems(request);
        }
        if (value.path("type").asText().equals("structural_tag")) {
            ObjectNode request = JSON.createObjectNode().put("prompt", "x");
            request.set("response_format", value);
            return constraintProblems(request);
        }
        return List.of();
    }

    private static List<String> promptProblems(JsonNode request) throws JsonProcessingException {
        for (String field : (Iterable<String>) request::fieldNames) {
            if (!PromptEvent.FIELDS.contains(field) && !field.equals("stream")) { // OpenAI's, for the HTTP door
                return List.of("a request has no field " + field);
            }
        }
        try {
            event(request);
            return List.of();
        } catch (UnreadablePromptException | GenerationException.Invalid e) {
            return List.of(request + ": " + e.getMessage());
        }
    }

    /** A form of answers is read by the engine, of any model. */
    private static List<String> constraintProblems(JsonNode request) throws JsonProcessingException {
        Path model = MarkdownPage.ROOT.resolve("inference/src/test/resources/models/tiny-llama");
        try (GenerationEngine engine = GenerationEngine.open(model, EngineConfig.defaults())) {
            engine.generate(event(request).toRequest("documented"))
                    .blockFirst(); // it may be compiled beside the request
            return List.of();
        } catch (GenerationException.Invalid e) {
            return List.of(request + ": " + e.getMessage());
        }
    }

    private static PromptEvent event(JsonNode request) throws JsonProcessingException {
        return PromptEvent.parse(JSON.writeValueAsString(request).getBytes(StandardCharsets.UTF_8));
    }
}
