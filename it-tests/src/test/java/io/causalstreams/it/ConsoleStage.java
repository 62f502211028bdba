package io.causalstreams.it;

import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.Operator;
import io.causalstreams.app.internal.kafka.Topics;
import io.causalstreams.app.internal.operations.EngineModels;
import io.causalstreams.http.HttpDoor;
import io.causalstreams.http.HttpDoorSettings;
import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.CausalStreamsConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A broker, an operator whose engine speaks slowly and in sentences, and doors with consoles. */
final class ConsoleStage implements AutoCloseable {
    static final String ADAPTER = "support@3fa9c18b77d0";
    private static final Duration PER_TOKEN = Duration.ofMillis(60);
    private static final int LONG = 4;

    private final Brokers.Broker broker;
    private final Operator operator;
    private final GenerationEngine engine;
    private final List<HttpDoor> doors = new ArrayList<>();
    private final KafkaConnection connection;
    private final CausalStreamsConfig config;
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private ConsoleStage(String groupProtocol) throws InterruptedException {
        this.broker = Brokers.embedded();
        this.engine = new WithAdapter(new SlowEngine(
                ScriptedEngine.saying(ConsoleStage::said).withCapacity(16).runAutomatically(), PER_TOKEN, LONG));
        this.connection = new KafkaConnection(Map.of(
                "group.protocol",
                groupProtocol,
                "bootstrap.servers",
                broker.bootstrapServers(),
                "state.dir",
                TestFiles.fresh("state-").toAbsolutePath().toString(),
                CausalStreamsConfig.COMMIT_DELAY_MS_CONFIG,
                "20"));
        this.config = new CausalStreamsConfig(connection.properties());
        Topics.createMissing(connection, config, 4);
        this.operator = Operator.start(engine, config, meters, OpenTelemetry.noop(), null);
        operator.awaitRunning();
    }

    static ConsoleStage start() throws InterruptedException {
        return start("classic");
    }

    static ConsoleStage start(String groupProtocol) throws InterruptedException {
        return new ConsoleStage(groupProtocol);
    }

    /** What is asked is answered with the story of that topic, or with itself. */
    private static String said(GenerationRequest request) {
        String asked = request.prompt() instanceof Prompt.Chat chat
                ? String.join(
                        "", chat.messages().get(chat.messages().size() - 1).content())
                : request.prompt() instanceof Prompt.Text text ? text.text() : "";
        return asked.startsWith("Repeat: ")
                ? asked.substring("Repeat: ".length())
                : "A log is read from its beginning or from where one stopped, and that is why a stream that was cut can go"
                        + " on. Every record has its place, nobody moves it, and two readers see the same order. What is"
                        + " committed stays; what is not never was. So an answer may be told again, token by token, to"
                        + " whoever comes back for it, and it will be the same answer.";
    }

    HttpDoor door(@Nullable Path keys) {
        HttpDoorSettings settings =
                new HttpDoorSettings("127.0.0.1", 0, keys, false, null, 256, 512, 1 << 20, true, Duration.ofSeconds(1));
        HttpDoor door = HttpDoor.open(
                settings, Topics.ofDoor(config), connection, new EngineModels(engine, operator::answers), meters);
        doors.add(door);
        return door;
    }

    String servers() {
        return broker.bootstrapServers();
    }

    /** Requests that the doors have answered. */
    double requests(String route, int status) {
        Counter counter = meters.find("causal.streams.http.requests")
                .tag("route", route)
                .tag("status", Integer.toString(status))
                .counter();
        return counter == null ? 0 : counter.count();
    }

    /** The meters, as Prometheus reads them. */
    String scrape() {
        return meters.scrape();
    }

    @Override
    public void close() {
        doors.forEach(HttpDoor::close);
        operator.close();
        engine.close();
        broker.close();
    }

    /** Says that it has one. */
    private static final class WithAdapter extends ForwardingEngine {
        WithAdapter(GenerationEngine engine) {
            super(engine);
        }

        @Override
        public Set<String> adapters() {
            return Set.of(ADAPTER);
        }

        @Override
        public Map<String, GenerationEngine> engines() {
            return Map.of(model().name(), this);
        }
    }
}
