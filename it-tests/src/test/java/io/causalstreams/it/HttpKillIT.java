package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.it.HttpClients.Streamed;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code serve --http-port} is killed in the middle of a stream: the door and the operator at once. */
@MostlyWaits
@Tag("chaos")
class HttpKillIT {
    private static final String CHAT = "/v1/chat/completions";
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String ASK = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"ignore_eos\":true,"
            + "\"max_tokens\":1900,\"stream\":true}";

    @Test
    void shouldGoOnBehindTheLastTokenAfterDoorAndOperatorWereKilled() {
        try (Brokers.Broker broker = Brokers.embedded();
                OperatorClient topics = new OperatorClient(broker.bootstrapServers())) {
            // Given: a stream that has begun
            int port = FreePort.find();
            CommandProcess first = serve(broker, port);
            int[] seen = {0};

            // When
            Streamed before = HttpClients.stream(port, CHAT, ASK, events -> {
                if (events > seen[0] && events >= 3 && first.isAlive()) {
                    first.kill9();
                }
                seen[0] = events;
                return true;
            });
            assertThat(before.whole()).isFalse();
            int otherPort = FreePort.find();
            Streamed after;
            try (CommandProcess second = serve(broker, otherPort)) {
                after = HttpClients.stream(
                        otherPort, CHAT, ASK, "Last-Event-ID", before.lastId().orElseThrow());
                assertThat(second.isAlive()).isTrue();
            }

            // Then: every token once, on the topics and for the client
            assertThat(after.whole())
                    .as(() -> "status " + after.status() + ", "
                            + after.events().stream().reduce((one, other) -> other))
                    .isTrue();

            String id = before.requestId();
            topics.readCompletions(List.of(id), LIMIT);
            topics.readUntil("its tokens", LIMIT, () -> topics.tokensSeen(id) >= 1900);
            assertThat(topics.violations(List.of(id))).isEmpty();
            assertThat(before.text() + after.text()).isEqualTo(topics.text(id));
        }
    }

    private static CommandProcess serve(Brokers.Broker broker, int port) {
        return CommandProcess.serveSmall(
                broker.bootstrapServers(),
                LIMIT,
                "--model",
                TestModels.tinyChat().toString(),
                "--http-port",
                Integer.toString(port));
    }
}
