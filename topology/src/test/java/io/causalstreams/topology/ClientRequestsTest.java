package io.causalstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.event.CompletionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What other people's clients send, recorded by {@code it-tests/clients/requests/record}: each body is a prompt event and is
 * answered as it asks, or refused by the field that cannot be honoured.
 */
class ClientRequestsTest {

    private static final Path RECORDED = Path.of("src/test/resources/clients");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Requests that are refused, by name, and the field that says so. */
    private static final Map<String, String> REFUSED = Map.of(
            "chat-image", "messages",
            "text-list-of-two", "prompt",
            "text-two", "prompt",
            "text-echo", "echo",
            "text-best-of", "best_of",
            "text-suffix", "suffix");

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void shouldAnswerWhatClientsSendOrNameTheFieldThatIsRefused(String name, JsonNode body) {
        assertThat(wrong(name.substring(name.indexOf('/') + 1), body)).as(name).isEmpty();
    }

    private static List<String> wrong(String name, JsonNode body) {
        ScriptedEngine engine = ScriptedEngine.saying("It is so.").runAutomatically();
        try (OperatorDriver driver = new OperatorDriver(engine)) {
            driver.send("k", body.toString());
            driver.advance(10);
            CompletionEvent completion = driver.completion();
            String refused = REFUSED.get(name);
            if (refused != null) {
                return completion.error() != null
                                && refused.equals(completion.error().param())
                        ? List.of()
                        : List.of("it must be refused by " + refused + ", but its error is " + completion.error());
            }
            if (completion.error() != null) {
                return List.of("it is refused: " + completion.error());
            }
            return notAsked(name, body, engine.submitted().get(0));
        }
    }

    /** What the request asks and the engine did not get. */
    private static List<String> notAsked(String name, JsonNode body, GenerationRequest request) {
        List<String> missing = new ArrayList<>();
        String got = request.toString();
        if (!name.equals("tools-none")) {
            for (JsonNode tool : body.path("tools")) {
                String function = tool.path("function").path("name").asText();
                if (!got.contains(function)) {
                    missing.add("the tool " + function);
                }
            }
        }
        boolean json = body.has("response_format")
                && !body.path("response_format").path("type").asText().equals("text");
        if (json && request.sampling().constraint() == null) {
            missing.add("the response_format");
        }
        if (body.path("n").asInt(1) != request.sampling().n()) {
            missing.add("n");
        }
        if (body.hasNonNull("seed")
                && !Long.valueOf(body.path("seed").asLong())
                        .equals(request.sampling().seed())) {
            missing.add("the seed");
        }
        if (body.path("logprobs").asBoolean() && request.sampling().logprobs() == null) {
            missing.add("logprobs");
        }
        body.path("messages").forEach(message -> missing.addAll(notIn(message.path("content"), got)));
        return missing;
    }

    private static List<String> notIn(JsonNode content, String got) {
        if (content.isTextual()) {
            return got.contains(content.asText()) ? List.of() : List.of("the message " + content);
        }
        List<String> missing = new ArrayList<>();
        content.forEach(part -> missing.addAll(notIn(part.path("text"), got)));
        return missing;
    }

    static Stream<Arguments> requests() throws IOException {
        List<Arguments> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(RECORDED)) {
            for (Path file : files.sorted().toList()) {
                JsonNode client = JSON.readTree(file.toFile());
                for (JsonNode request : client.path("requests")) {
                    all.add(Arguments.of(
                            client.path("client").asText() + "/"
                                    + request.path("name").asText(),
                            request.path("body")));
                }
            }
        }
        return all.stream();
    }
}
