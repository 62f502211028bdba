package io.causalstreams.topology.internal.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.FormUnavailableException;
import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.ValueFormat;
import io.causalstreams.topology.internal.journal.FakeStore;
import io.causalstreams.topology.internal.journal.RememberBounds;
import io.causalstreams.topology.internal.journal.SessionBounds;
import io.causalstreams.topology.internal.request.Operator;
import io.causalstreams.topology.internal.request.OperatorSettings;
import io.causalstreams.topology.internal.telemetry.EngineMeters;
import io.causalstreams.topology.internal.telemetry.OperatorTelemetry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

class IntakeTest {

    private final ScriptedEngine engine = ScriptedEngine.saying("It is so.");
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final OperatorTelemetry telemetry =
            new OperatorTelemetry("test", engine, new EngineMeters(engine, meters), meters, OpenTelemetry.noop());
    private final Operator operator = new Operator(engine, settings(), telemetry);
    private final FakeStore store = new FakeStore(Map.of(), () -> {});

    private boolean away;

    @Test
    void shouldLeaveNothingBehindWhenTheJournalCannotBeTakenUp() {
        // Given: two requests of a former owner, of which the second one's schema cannot be asked for now
        GenerationProcessor former = processor();
        former.init(new Context());
        former.process(prompt("r-0"));
        former.process(prompt("r-1"));
        former.close();
        away = true;

        // When
        GenerationProcessor next = processor();
        assertThatThrownBy(() -> next.init(new Context())).isInstanceOf(FormUnavailableException.class);

        // Then
        assertThat(telemetry.status("r-0")).isEmpty();

        // When: it can be asked for again
        away = false;
        next.init(new Context());

        // Then
        assertThat(telemetry.status("r-0")).isPresent();
        assertThat(telemetry.status("r-1")).isPresent();
    }

    private GenerationProcessor processor() {
        return new GenerationProcessor(operator, new Registered(), "test", true, false);
    }

    private static Record<byte[], byte[]> prompt(String id) {
        String json = "{\"id\":\"" + id + "\",\"prompt\":\"Is it so?\"}";
        return new Record<>(null, json.getBytes(StandardCharsets.UTF_8), 0);
    }

    private static OperatorSettings settings() {
        SessionBounds sessions = new SessionBounds(10, 10_000, 10, 10_000);
        RememberBounds remember = new RememberBounds(0, 0, 0);
        return new OperatorSettings(10, 1, 0, 0, 2, 1000, 1 << 20, false, 1 << 20, remember, sessions, false, 1 << 20);
    }

    /** JSON, where r-1 is unknown for a while. */
    private final class Registered implements ValueFormat {
        @Override
        public byte[] toJson(String topic, byte[] value) {
            if (away && new String(value, StandardCharsets.UTF_8).contains("r-1")) {
                throw new FormUnavailableException("the registry is away", null);
            }
            return value;
        }

        @Override
        public byte[] fromJson(String topic, byte[] json) {
            return json;
        }
    }

    private final class Context extends MockProcessorContext<byte[], OutputEvent> {
        Context() {
            super(new Properties(), new TaskId(0, 0), new File("target"));
            setCurrentSystemTimeMs(1_000);
            setRecordMetadata("prompts", 0, 0);
        }

        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        public <S extends StateStore> S getStateStore(String name) {
            return (S) store;
        }
    }
}
