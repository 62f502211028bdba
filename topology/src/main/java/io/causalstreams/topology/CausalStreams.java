package io.causalstreams.topology;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.internal.answer.OutputSerdes;
import io.causalstreams.topology.internal.input.InputGate;
import io.causalstreams.topology.internal.input.PromptTimestamps;
import io.causalstreams.topology.internal.operator.GenerationProcessorSupplier;
import io.causalstreams.topology.internal.telemetry.Operations;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;

/**
 * The operator's door: prompts in, tokens and completions out, in any Kafka Streams topology.
 *
 * <pre>{@code
 * CausalStreams causalStreams = new CausalStreams(engine, new CausalStreamsConfig(properties));
 * KafkaStreams streams = causalStreams.kafkaStreams();
 * streams.setUncaughtExceptionHandler(new ReplaceThreadHandler());
 * streams.start();
 * }</pre>
 *
 * <p>The engine is shared by all tasks of the JVM and closed by its owner, after {@link KafkaStreams#close()}.
 */
public final class CausalStreams {

    /** First part of the name of every node, store and changelog; part of what is on disk and in the broker. */
    private static final String NAME = "causal-streams";

    private final GenerationEngine engine;
    private final CausalStreamsConfig config;
    private final InputGate gate = new InputGate();
    private final Operations operations;

    public CausalStreams(GenerationEngine engine, CausalStreamsConfig config) {
        this(engine, config, new CompositeMeterRegistry());
    }

    /** With meters named {@code causal.streams.*}. */
    public CausalStreams(GenerationEngine engine, CausalStreamsConfig config, MeterRegistry meters) {
        this(engine, config, meters, GlobalOpenTelemetry.getOrNoop());
    }

    /** With a {@code gen_ai} span per completion; without this argument they go to the global OpenTelemetry, if there is one. */
    public CausalStreams(
            GenerationEngine engine, CausalStreamsConfig config, MeterRegistry meters, OpenTelemetry telemetry) {
        this.engine = engine;
        this.config = config;
        this.operations = new Operations(engine, meters, telemetry);
    }

    /** The whole topology on a builder of its own. */
    public Topology topology() {
        StreamsBuilder builder = new StreamsBuilder();
        attachTo(builder);
        return builder.build();
    }

    /** Adds prompts topic → operator → output topics to {@code builder}. */
    public void attachTo(StreamsBuilder builder) {
        KStream<byte[], byte[]> prompts = builder.stream(
                config.getString(CausalStreamsConfig.PROMPTS_TOPIC_CONFIG),
                Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                        .withName(NAME + "-prompts")
                        .withTimestampExtractor(new PromptTimestamps())
                        .withOffsetResetPolicy(AutoOffsetReset.earliest()));
        KStream<byte[], OutputEvent> events = generate(prompts);
        write(events, OutputEvent.Kind.TOKENS, CausalStreamsConfig.TOKENS_TOPIC_CONFIG);
        write(events, OutputEvent.Kind.COMPLETION, CausalStreamsConfig.COMPLETIONS_TOPIC_CONFIG);
        write(events, OutputEvent.Kind.DEAD_LETTER, CausalStreamsConfig.DEAD_LETTERS_TOPIC_CONFIG);
    }

    /** The operator alone: prompt records in, its output events as a stream. */
    public KStream<byte[], OutputEvent> generate(KStream<byte[], byte[]> prompts) {
        return prompts.process(
                new GenerationProcessorSupplier(
                        NAME + "-journal",
                        engine,
                        config.settings(),
                        !config.getString(CausalStreamsConfig.TOKENS_TOPIC_CONFIG)
                                .isEmpty(),
                        config.getInt(CausalStreamsConfig.RECORD_MAX_BYTES_CONFIG),
                        operations),
                Named.as(NAME + "-generation"));
    }

    /**
     * The settings to start {@link KafkaStreams} with: those the operator wants, overridden by every key of the
     * configuration that does not start with {@code causal.streams.}.
     *
     * <p>They also carry the gate by which a full journal pauses its input; see {@link #withBackPressure}.
     */
    public Properties streamsProperties() {
        Map<String, Object> user = config.originals();
        user.keySet().removeIf(key -> key.startsWith("causal.streams."));
        return StreamsDefaults.with(user, config.getInt(CausalStreamsConfig.RECORD_MAX_BYTES_CONFIG), gate);
    }

    /** {@link #topology} with {@link #streamsProperties}, not started, by a time that goes on when the clock is set. */
    public KafkaStreams kafkaStreams() {
        return kafkaStreams(topology(), streamsProperties(), new SteadyTime());
    }

    /**
     * Kafka Streams that runs by {@code time}.
     *
     * @param topology with this operator in it
     * @param properties {@link #streamsProperties}, perhaps with more
     */
    public static KafkaStreams kafkaStreams(Topology topology, Properties properties, SteadyTime time) {
        Properties all = new Properties();
        all.putAll(properties);
        all.put(SteadyTime.PROPERTY, time);
        return new KafkaStreams(topology, all, time);
    }

    /**
     * Your properties with what {@link #enrich}, {@link #extract} and {@link #classify} need to pause their input when they
     * are full: {@code new KafkaStreams(topology, CausalStreams.withBackPressure(properties))}. What is yours stays.
     *
     * <p>Pausing needs Kafka's consumer, so this sets {@code default.client.supplier} and Kafka Streams' internal consumer
     * wrapper (for {@code group.protocol=streams}), and {@code max.poll.records} where you do not: what was fetched already
     * is taken. Without it, or with a {@code KafkaClientSupplier} of your own, a full journal only slows its input down: each
     * record waits up to 200 ms for another to be answered, and a long backlog grows the journal beyond its bounds.
     *
     * <p>{@link #streamsProperties()} has it already.
     */
    public static Properties withBackPressure(Map<?, ?> properties) {
        return StreamsDefaults.pausing(properties, new InputGate());
    }

    /**
     * Asks the model about each record and joins the answer to it:
     * {@code stream.process(CausalStreams.enrich(engine, value -> request, (value, completion) -> result))}.
     *
     * @param request what to ask, as a pure function of the value; {@link #chat} and {@link #text} help
     * @param join makes the result of the value and its completion, which has an {@code error} when the request failed
     */
    public static <K, V, R> Enrichment<K, V, R> enrich(
            GenerationEngine engine, Function<V, GenerationRequest> request, BiFunction<V, CompletionEvent, R> join) {
        return new Enrichment<>(
                engine,
                request,
                join,
                NAME + "-enrich",
                null,
                null,
                false,
                CausalStreamsConfig.defaults(),
                new Operations(engine, new CompositeMeterRegistry()));
    }

    /**
     * Extracts facts from each record into a record class: the model can only answer with JSON of its form.
     *
     * @param type a record of text, numbers, booleans, enums, records, and lists, arrays and maps by text of them; Optional
     *     or {@code @Nullable} where a record may not say it
     * @param request what to ask; its constraint is replaced by the schema of {@code type}
     */
    public static <K, V, T, R> Enrichment<K, V, R> extract(
            GenerationEngine engine,
            Class<T> type,
            Function<V, GenerationRequest> request,
            BiFunction<V, Extracted<T>, R> join) {
        OutputConstraint schema = new OutputConstraint.JsonSchema(RecordSchema.of(type));
        return CausalStreams.<K, V, R>enrich(
                        engine,
                        value -> Requests.constrained(request.apply(value), schema),
                        (value, completion) -> join.apply(value, Extracted.of(type, completion)))
                .named(NAME + "-extract");
    }

    /**
     * Gives each record the most likely of {@code labels}, for {@code split()} and {@code branch()}. Scores every label;
     * generates nothing.
     *
     * @param labels at least one, none empty, none twice
     */
    public static <K, V> Enrichment<K, V, Classified<V>> classify(
            GenerationEngine engine, List<String> labels, Function<V, GenerationRequest> request) {
        List<String> all = List.copyOf(labels);
        if (all.isEmpty() || all.contains("") || new HashSet<>(all).size() < all.size()) {
            throw new IllegalArgumentException("labels are " + all + "; give at least one, none empty, none twice");
        }
        return CausalStreams.<K, V, Classified<V>>enrich(
                        engine, value -> Requests.classifying(request.apply(value), all), Classified::of)
                .named(NAME + "-classify");
    }

    /** A request with one user message, greedy, of at most {@code maxTokens} tokens. */
    public static GenerationRequest chat(String userMessage, int maxTokens) {
        Prompt prompt = new Prompt.Chat(List.of(new Prompt.Message("user", userMessage)));
        return GenerationRequest.of("", prompt, SamplingParams.greedy(maxTokens));
    }

    /** A request to continue {@code prompt}, greedy, by at most {@code maxTokens} tokens. */
    public static GenerationRequest text(String prompt, int maxTokens) {
        return GenerationRequest.of("", new Prompt.Text(prompt), SamplingParams.greedy(maxTokens));
    }

    /**
     * Where a request is and what was published of it; empty when it is finished, unknown, or owned by another process.
     * Its owner is the one that reads its partition: {@link KafkaStreams#queryMetadataForKey} with the journal's store.
     */
    public Optional<RequestStatus> status(String id) {
        return operations.status(id);
    }

    private void write(KStream<byte[], OutputEvent> events, OutputEvent.Kind kind, String topicKey) {
        String topic = config.getString(topicKey);
        if (topic.isEmpty()) {
            return;
        }
        String name = NAME + "-" + kind.nodeName();
        events.filter((key, event) -> event.kind() == kind, Named.as(name + "-only"))
                .to(
                        topic,
                        Produced.with(Serdes.ByteArray(), OutputSerdes.values())
                                .withName(name)
                                .withStreamPartitioner(OutputSerdes.partitioner()));
    }
}
