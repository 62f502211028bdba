package io.causalstreams.topology;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.adapter.AdapterCatalog;
import io.causalstreams.topology.internal.answer.OutputSerdes;
import io.causalstreams.topology.internal.input.InputGate;
import io.causalstreams.topology.internal.input.PromptTimestamps;
import io.causalstreams.topology.internal.operator.GenerationProcessorSupplier;
import io.causalstreams.topology.internal.request.Operator;
import io.causalstreams.topology.internal.request.OperatorSettings;
import io.causalstreams.topology.internal.request.Policies;
import io.causalstreams.topology.internal.telemetry.EngineMeters;
import io.causalstreams.topology.internal.telemetry.OperatorTelemetry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.ValueMapper;

/**
 * A language model inside a Kafka Streams application: it {@linkplain #ask asks} the model about the records of a stream,
 * {@linkplain #attachTo answers} prompt events, and {@linkplain #kafkaStreams starts} the topology with settings that suit both.
 *
 * <pre>{@code
 * CausalStreams causal = new CausalStreams(engine, properties);
 * causal.ask(articles, article -> GenerationRequest.chat("Summarise: " + article, 60))
 *         .join((article, answer) -> article + " => " + answer.content())
 *         .to("summaries");
 * KafkaStreams streams = causal.kafkaStreams(builder.build());
 * streams.start();
 * }</pre>
 *
 * <p>The engine is shared by all tasks of the JVM and closed by its owner, after {@link KafkaStreams#close()}.
 */
public final class CausalStreams {

    /** First part of the name of every node, store and changelog; part of what is on disk and in the broker. */
    static final String NAME = "causal-streams";

    private final GenerationEngine engine;
    private final CausalStreamsConfig config;
    private final MeterRegistry meters;
    private final OpenTelemetry openTelemetry;
    private final EngineMeters engineMeters;
    private final AdapterCatalog adapters;
    private final Map<String, OperatorTelemetry> telemetryOf = new ConcurrentHashMap<>();

    private volatile boolean waitsForFormats;
    private volatile Map<?, ?> configured = Map.of();

    /**
     * @param properties settings of the operators ({@code causal.streams.*}, see {@link CausalStreamsConfig}) and of Kafka
     *     Streams
     * @throws ConfigException if one of the operators' settings is wrong
     */
    public CausalStreams(GenerationEngine engine, Map<?, ?> properties) {
        this(engine, properties, new CompositeMeterRegistry());
    }

    /**
     * With meters named {@code causal.streams.*}: the engine's, and those of each operator, which have its name as the tag
     * {@code operator}.
     */
    public CausalStreams(GenerationEngine engine, Map<?, ?> properties, MeterRegistry meters) {
        this(engine, properties, meters, GlobalOpenTelemetry.getOrNoop());
    }

    /** With a {@code gen_ai} span per completion; without this argument they go to the global OpenTelemetry, if there is one. */
    public CausalStreams(
            GenerationEngine engine, Map<?, ?> properties, MeterRegistry meters, OpenTelemetry openTelemetry) {
        this(engine, properties, meters, openTelemetry, AdapterCatalog.none());
    }

    /** With adapters that come by a topic; {@code adapters} is closed by its owner, before the engine. */
    public CausalStreams(
            GenerationEngine engine,
            Map<?, ?> properties,
            MeterRegistry meters,
            OpenTelemetry openTelemetry,
            AdaptersTopic adapters) {
        this(engine, properties, meters, openTelemetry, adapters.catalog());
    }

    CausalStreams(
            GenerationEngine engine,
            Map<?, ?> properties,
            MeterRegistry meters,
            OpenTelemetry openTelemetry,
            AdapterCatalog adapters) {
        this.engine = engine;
        this.adapters = adapters;
        this.config = new CausalStreamsConfig(properties);
        this.meters = meters;
        this.openTelemetry = openTelemetry;
        this.engineMeters = new EngineMeters(engine, meters);
    }

    /**
     * Asks the model about each record: {@code causal.ask(tickets, ticket -> request).classify("payment", "software")}.
     *
     * <p>What is returned says what becomes of the answers.
     *
     * @param question what to ask, as a pure function of the value: it is computed again after a restart
     */
    public <K, V> Asked<K, V> ask(KStream<K, V> records, ValueMapper<? super V, GenerationRequest> question) {
        return new Asked<>(this, config, records, question);
    }

    /** The whole topology on a builder of its own. */
    public Topology topology() {
        return topology(ValueFormat.json());
    }

    private Topology topology(ValueFormat format) {
        StreamsBuilder builder = new StreamsBuilder();
        attachTo(builder, format);
        return builder.build();
    }

    /** Adds prompts topic → operator → output topics to {@code builder}. */
    public void attachTo(StreamsBuilder builder) {
        attachTo(builder, ValueFormat.json());
    }

    /**
     * The same with prompts and completions in another format; tokens are JSON. A dead letter is the record it was, in the format
     * that it had.
     *
     * @throws ConfigException if {@code processing.exception.handler} is set to one that may skip prompts, here or in what was
     *     {@linkplain #configure configured}; it is refused there from then on
     */
    public void attachTo(StreamsBuilder builder, ValueFormat format) {
        if (format != ValueFormat.json()) {
            StreamsDefaults.requireFailingProcessing(config.originals());
            StreamsDefaults.requireFailingProcessing(configured);
            waitsForFormats = true;
        }
        KStream<byte[], byte[]> prompts = builder.stream(
                config.getString(CausalStreamsConfig.PROMPTS_TOPIC_CONFIG),
                Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                        .withName(NAME + "-prompts")
                        .withTimestampExtractor(new PromptTimestamps())
                        .withOffsetResetPolicy(AutoOffsetReset.earliest()));
        KStream<byte[], OutputEvent> events = generate(prompts, format);
        ValueFormat json = ValueFormat.json();
        write(events, OutputEvent.Kind.TOKENS, CausalStreamsConfig.TOKENS_TOPIC_CONFIG, json);
        write(events, OutputEvent.Kind.COMPLETION, CausalStreamsConfig.COMPLETIONS_TOPIC_CONFIG, format);
        write(events, OutputEvent.Kind.DEAD_LETTER, CausalStreamsConfig.DEAD_LETTERS_TOPIC_CONFIG, json);
        write(events, OutputEvent.Kind.SHADOW, CausalStreamsConfig.SHADOWS_TOPIC_CONFIG, json);
    }

    /** The operator alone: prompt records in, its output events as a stream. */
    public KStream<byte[], OutputEvent> generate(KStream<byte[], byte[]> prompts) {
        return generate(prompts, ValueFormat.json());
    }

    private KStream<byte[], OutputEvent> generate(KStream<byte[], byte[]> prompts, ValueFormat format) {
        String name = NAME + "-generation";
        return prompts.process(
                new GenerationProcessorSupplier(
                        operator(name, config),
                        format,
                        NAME + "-journal",
                        !config.getString(CausalStreamsConfig.TOKENS_TOPIC_CONFIG)
                                .isEmpty(),
                        !config.getString(CausalStreamsConfig.SHADOWS_TOPIC_CONFIG)
                                .isEmpty()),
                Named.as(name));
    }

    /** Answers all operators. */
    GenerationEngine engine() {
        return engine;
    }

    /** What the tasks of the operator of this name share. */
    Operator operator(String name, CausalStreamsConfig settings) {
        return operator(name, settings.settings(), Policies.NONE);
    }

    /** The same with policies. */
    Operator operator(String name, OperatorSettings settings, Policies policies) {
        OperatorTelemetry telemetry = telemetryOf.computeIfAbsent(
                name, operator -> new OperatorTelemetry(operator, engine, engineMeters, meters, openTelemetry));
        return new Operator(engine, settings, telemetry, adapters, policies);
    }

    /**
     * Your topology, not started, and safe: exactly once; a full operator pauses its input; a stream thread that dies is replaced
     * ({@link ReplaceThreadHandler}); setting the machine's clock stops nothing ({@link SteadyTime}). What the properties of
     * this object set wins.
     */
    public KafkaStreams kafkaStreams(Topology topology) {
        return safe(topology, configure(userProperties()));
    }

    /** The same with these settings of Kafka Streams instead of this object's own. */
    public KafkaStreams kafkaStreams(Topology topology, Properties properties) {
        return safe(topology, configure(properties));
    }

    /** The same with {@link #topology()}, and tuned for it by {@link #streamsProperties}. */
    public KafkaStreams kafkaStreams() {
        return kafkaStreams(ValueFormat.json());
    }

    /** The same with prompts and completions in another format. */
    public KafkaStreams kafkaStreams(ValueFormat format) {
        return safe(topology(format), streamsProperties());
    }

    /**
     * Your properties, for a {@link KafkaStreams} you make yourself, with what the operators need under them:
     * {@code new KafkaStreams(topology, causal.configure(properties))}. What is yours wins. Give it a
     * {@link ReplaceThreadHandler} too; only {@link #kafkaStreams(Topology)} can have it run by a {@link SteadyTime}.
     *
     * <p>They carry what pauses the input of a full operator: {@code default.client.supplier} and, for
     * {@code group.protocol=streams}, Kafka Streams' internal consumer wrapper. With a {@code KafkaClientSupplier} of your own a
     * full operator only slows its input down: each record waits up to 200 ms for another to be answered, and a long backlog
     * grows the journal beyond its bounds.
     *
     * @return new ones each time, for one {@link KafkaStreams}
     * @throws ConfigException see {@link #attachTo(StreamsBuilder, ValueFormat)}
     */
    public Properties configure(Map<?, ?> properties) {
        if (waitsForFormats) {
            StreamsDefaults.requireFailingProcessing(properties);
        }
        configured = properties;
        return StreamsDefaults.any(properties, recordMaxBytes(), new InputGate());
    }

    /** This object's own properties, for {@link #topology()}: with what it needs, and tuned for its latency and throughput. */
    public Properties streamsProperties() {
        return StreamsDefaults.prompts(userProperties(), recordMaxBytes(), new InputGate());
    }

    /**
     * Where a request is and what was published of it; empty when it is finished, unknown, or owned by another process.
     * Its owner is the one that reads its partition: {@link KafkaStreams#queryMetadataForKey} with the journal's store.
     */
    public Optional<RequestStatus> status(String id) {
        return telemetryOf.values().stream()
                .flatMap(each -> each.status(id).stream())
                .findFirst();
    }

    private static KafkaStreams safe(Topology topology, Properties properties) {
        SteadyTime time = new SteadyTime();
        properties.put(SteadyTime.PROPERTY, time);
        KafkaStreams streams = new KafkaStreams(topology, properties, time);
        streams.setUncaughtExceptionHandler(new ReplaceThreadHandler());
        return streams;
    }

    private Map<String, Object> userProperties() {
        Map<String, Object> user = config.originals();
        user.keySet().removeIf(key -> key.startsWith("causal.streams."));
        return user;
    }

    private int recordMaxBytes() {
        return config.getInt(CausalStreamsConfig.RECORD_MAX_BYTES_CONFIG);
    }

    private void write(
            KStream<byte[], OutputEvent> events, OutputEvent.Kind kind, String topicKey, ValueFormat format) {
        String topic = config.getString(topicKey);
        if (topic.isEmpty()) {
            return;
        }
        String name = NAME + "-" + kind.nodeName();
        events.filter((key, event) -> event.kind() == kind, Named.as(name + "-only"))
                .to(
                        topic,
                        Produced.with(Serdes.ByteArray(), OutputSerdes.values(format::fromJson))
                                .withName(name)
                                .withStreamPartitioner(OutputSerdes.partitioner()));
    }
}
