package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.EmbeddedBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@code serve} with several models, and what becomes of requests when its list of models changes. */
class SeveralModelsIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void shouldLoadAndUnloadModelsWhileRequestsRunAndLoseNone() throws Exception {
        Path list = TestFiles.fresh("models-").resolve("models");
        String first = "chat=" + TestModels.tinyChat() + "\n";
        Files.writeString(list, first + "gpt-4o-mini=@chat\n");
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                OperatorClient client = new OperatorClient(broker.bootstrapServers());
                CommandProcess serve =
                        CommandProcess.serveSmall(broker.bootstrapServers(), LIMIT, "--models", list.toString())) {
            // When: a model is added
            client.send("k", prompt("early", "qwen", 5));
            client.send("k", prompt("by-alias", "gpt-4o-mini", 5));
            client.readCompletions(List.of("early", "by-alias"), LIMIT);
            Files.writeString(list, first + "qwen=" + TestModels.tiny("qwen3").toAbsolutePath() + "\n");
            serve.awaitOutput("Serving chat, qwen.", LIMIT);

            // Then: it answers, and the alias that was taken out is unknown
            client.send("k", prompt("late", "qwen", 5));
            client.send("k", prompt("no-alias", "gpt-4o-mini", 5));
            client.readCompletions(List.of("late", "no-alias"), LIMIT);
            assertThat(client.completion("early").path("error").path("message").asText())
                    .contains("there is no model 'qwen'; name one of chat, gpt-4o-mini");
            assertThat(client.completion("by-alias").path("model").asText()).isEqualTo("chat");
            assertThat(client.completion("late").path("model").asText()).isEqualTo("qwen");
            assertThat(client.completion("no-alias").path("error").path("param").asText())
                    .isEqualTo("model");

            // When: it is unloaded while requests run on it
            List<String> running =
                    IntStream.range(0, 4).mapToObj(i -> "running-" + i).toList();
            running.forEach(id -> client.send(id, prompt(id, "qwen", 100)));
            client.readUntil("tokens", LIMIT, () -> running.stream().allMatch(id -> client.tokensSeen(id) > 0));
            Files.writeString(list, "nonsense\n");
            serve.awaitOutput("'nonsense' names no model", LIMIT);
            Files.writeString(list, first);
            serve.awaitOutput("Serving chat.", LIMIT);

            // Then: they end
            client.readCompletions(running, LIMIT);
            client.send("k", prompt("gone", "qwen", 5));
            client.readCompletions(List.of("gone"), LIMIT);
            List<String> answered = new ArrayList<>(running);
            answered.addAll(List.of("by-alias", "late"));
            assertThat(client.violations(answered)).isEmpty();
            assertThat(client.completion("gone").path("error").path("message").asText())
                    .endsWith("there is no model 'qwen'; name one of chat");
        }
    }

    private static String prompt(String id, String model, int tokens) {
        return "{\"id\": \"%s\", \"model\": \"%s\", \"prompt\": \"Hi\", \"max_tokens\": %d, \"ignore_eos\": true}"
                .formatted(id, model, tokens);
    }
}
