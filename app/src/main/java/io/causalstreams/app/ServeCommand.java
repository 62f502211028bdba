package io.causalstreams.app;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.app.internal.kafka.BrokerWait;
import io.causalstreams.app.internal.kafka.DoorRights;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.Operator;
import io.causalstreams.app.internal.kafka.SampleCompletions;
import io.causalstreams.app.internal.kafka.Topics;
import io.causalstreams.app.internal.operations.EngineModels;
import io.causalstreams.app.internal.operations.OperationsPages;
import io.causalstreams.app.internal.operations.OperationsServer;
import io.causalstreams.app.internal.operations.ProcessMeters;
import io.causalstreams.app.internal.operations.Tracing;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.http.DoorTopics;
import io.causalstreams.http.HttpDoor;
import io.causalstreams.http.HttpDoorSettings;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.learning.FirstTokens;
import io.causalstreams.learning.LearningLoop;
import io.causalstreams.topology.AdaptersTopic;
import io.causalstreams.topology.CausalStreamsConfig;
import io.causalstreams.topology.ValueFormat;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The topology against any broker. */
@Command(
        name = "serve",
        description = "Answers the prompts of a topic until it is interrupted.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    @Mixin
    private final KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private final ValueFormatOption values = new ValueFormatOption();

    @Mixin
    private final ServedModelOptions models = new ServedModelOptions();

    @Mixin
    private final AdaptersTopicOptions adaptersTopic = new AdaptersTopicOptions();

    @Mixin
    private final LearnOptions learn = new LearnOptions();

    @Mixin
    private final EngineOptions engineOptions = new EngineOptions();

    @Mixin
    private final HttpOptions http = new HttpOptions();

    @Mixin
    private final MetricsOptions metrics = new MetricsOptions();

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "4",
            description = "Of the prompts topic, when it must be created; default ${DEFAULT-VALUE}.")
    private int partitions;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description =
                    "How long to wait for the broker, and then for partitions before a note says what may be missing;"
                            + " default ${DEFAULT-VALUE}.")
    private int waitSeconds;

    @Option(names = "--ready-file", paramLabel = "FILE", description = "Created when prompts are being answered.")
    private @Nullable Path readyFile;

    @Override
    public Integer call() throws IOException, InterruptedException {
        learn.check();
        Progress progress = Progress.ofStderr();
        KafkaConnection connection = adaptersTopic.on(kafka.connection());
        CausalStreamsConfig config = operatorConfig(connection);
        boolean followed =
                !config.getString(CausalStreamsConfig.ADAPTERS_TOPIC_CONFIG).isEmpty();
        EngineConfig engineConfig = engineOptions.config(EngineConfig.defaults());
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        OperationsPages pages = metrics.pages(meters);
        OperationsServer server = metrics.start(pages);
        if (server != null) {
            ProcessMeters.bindTo(meters);
            progress.note("Metrics on port " + server.port() + ".");
        }
        HttpDoorSettings doorSettings = http.settings();
        boolean measured = server != null || (doorSettings != null && doorSettings.console());
        models.check(followed);
        if (learn.isOn() && !followed) {
            throw new AppException("--learn publishes to --adapters-topic; name it");
        }
        if (learn.isOn() && models.areSeveral()) {
            throw new AppException("--learn goes with one model; serve the others by a process of their own");
        }
        ValueFormat format = values.of(connection);
        if (values.isRegistered()) {
            SampleCompletions.check(format, config.getString(CausalStreamsConfig.COMPLETIONS_TOPIC_CONFIG));
        }
        DoorTopics doorTopics = doorSettings == null ? null : Topics.ofDoor(config, format);
        if (doorTopics != null) {
            HttpDoor.check(doorTopics);
        }
        Duration patience = Duration.ofSeconds(waitSeconds);
        BrokerWait.until(connection, patience, progress);
        List<String> created = Topics.createMissing(connection, config, partitions);
        if (!created.isEmpty()) {
            progress.note("Created " + String.join(", ", created) + ".");
        }
        if (doorTopics != null) {
            DoorRights.check(connection, doorTopics);
        }
        FirstTokens engine = new FirstTokens(models.open(engineConfig, followed, progress));
        AdaptersTopic adapters = followed ? follow(engine, config, connection, meters, progress) : null;
        Tracing tracing = Tracing.of(System.getenv(), "causal-streams");
        Operator operator =
                Operator.start(engine, config, measured ? meters : null, tracing.openTelemetry(), adapters, format);
        pages.show(operator);
        HttpDoor door = doorSettings == null || doorTopics == null
                ? null
                : open(doorSettings, connection, doorTopics, engine, operator, meters);
        LearningLoop loop =
                learn.isOn() ? learn.start(connection, config, engine, models.checkpoint(progress), format) : null;
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> shutDown(door, loop, operator, adapters, engine, tracing), "serve-shutdown"));
        if (door != null && doorSettings != null) {
            progress.note("HTTP on port " + door.port()
                    + (doorSettings.console() ? "; the console is at /console there." : "."));
        }
        if (!operator.awaitRunning(patience) && !operator.hasEnded()) {
            progress.note("No partition is ready after " + waitSeconds
                    + " s, it waits on: a member that is gone or slow and holds the rebalance up, a long journal that"
                    + " is read, or in a streams group this user has no Create on the changelog, of which"
                    + " nothing reaches the client (docs/operations.md#security).");
            operator.awaitRunning();
        }
        if (!operator.hasEnded()) {
            announce(engine, connection, config, progress);
        }
        operator.awaitEnd();
        return 0;
    }

    private static CausalStreamsConfig operatorConfig(KafkaConnection connection) {
        try {
            return KafkaOptions.operatorConfig(connection);
        } catch (ConfigException e) {
            throw new AppException("--config: " + e.getMessage(), e);
        }
    }

    private AdaptersTopic follow(
            GenerationEngine engine,
            CausalStreamsConfig config,
            KafkaConnection connection,
            MeterRegistry meters,
            Progress progress)
            throws IOException {
        try {
            AdaptersTopic adapters =
                    AdaptersTopic.follow(engine, config, connection, models.preparation(progress), meters);
            progress.note("Adapters by topic: "
                    + (adapters.served().isEmpty()
                            ? "none yet"
                            : String.join(", ", adapters.served().keySet()))
                    + ".");
            return adapters;
        } catch (KafkaException e) {
            engine.close();
            throw new AppException("adapters cannot be followed: " + ErrorLine.of(e), e);
        }
    }

    private static HttpDoor open(
            HttpDoorSettings settings,
            KafkaConnection connection,
            DoorTopics topics,
            GenerationEngine engine,
            Operator operator,
            MeterRegistry meters) {
        EngineModels models = new EngineModels(engine, operator::answers);
        return HttpDoor.open(settings, topics, connection, models, meters);
    }

    private void announce(
            GenerationEngine engine, KafkaConnection connection, CausalStreamsConfig config, Progress progress)
            throws IOException {
        String names = String.join(", ", engine.engines().keySet());
        progress.note("Serving " + (engine.engines().size() > 1 ? names : described(engine.model())) + " on "
                + connection.servers() + ": "
                + config.getString(CausalStreamsConfig.PROMPTS_TOPIC_CONFIG) + " → "
                + config.getString(CausalStreamsConfig.TOKENS_TOPIC_CONFIG) + ", "
                + config.getString(CausalStreamsConfig.COMPLETIONS_TOPIC_CONFIG) + ", "
                + config.getString(CausalStreamsConfig.DEAD_LETTERS_TOPIC_CONFIG) + ". Stop it with Ctrl-C.");
        if (readyFile != null) {
            Files.writeString(readyFile, names);
        }
    }

    private static String described(ModelInfo model) {
        return model.name() + " (" + model.precision() + ", " + model.maxContextTokens() + " tokens of context)";
    }

    private void shutDown(
            @Nullable HttpDoor door,
            @Nullable LearningLoop loop,
            Operator operator,
            @Nullable AdaptersTopic adapters,
            GenerationEngine engine,
            Tracing tracing) {
        try {
            if (readyFile != null) {
                Files.deleteIfExists(readyFile);
            }
        } catch (IOException e) {
            // the process ends anyway
        }
        if (door != null) {
            door.close();
        }
        if (loop != null) {
            loop.close();
        }
        operator.close();
        if (adapters != null) {
            adapters.close();
        }
        engine.close();
        tracing.close();
    }
}
