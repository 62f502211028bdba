package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.export.Precision;
import io.causalstreams.it.ForeignRuntime.Result;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Other people's clients ask the operator: confluent-kafka (librdkafka) in Python, KafkaJS in Node. Skipped where the
 * runtime is missing; pip and npm install the clients into target and keep their own caches.
 */
@Tag("clients")
@SuppressWarnings("NullAway.Init") // set before all
class ClientsIT {
    private static final Duration ASK = Duration.ofMinutes(3);
    private static final String QUESTION = "What is the capital of France?";

    private static Brokers.Broker broker;
    private static CommandProcess serve;

    @BeforeAll
    static void start() {
        TestModels.smolLm2(Precision.FP32);
        broker = Brokers.embedded();
        serve = CommandProcess.serve(broker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        if (serve != null) {
            serve.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void shouldAnswerAPythonClient() {
        // Given
        String python = ForeignRuntime.python("python");

        // When
        String script = ForeignRuntime.file("python", "ask.py").toString();
        Result result = ForeignRuntime.run(ASK, python, script, broker.bootstrapServers(), "py", QUESTION);

        // Then
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output()).contains("Paris");
    }

    @Test
    void shouldAnswerANodeClient() throws IOException {
        // Given
        String script = ForeignRuntime.node("node", "ask.js");

        // When
        Result result = ForeignRuntime.run(ASK, "node", script, broker.bootstrapServers(), "js", QUESTION);

        // Then
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output()).contains("Paris");
    }
}
