package io.causalstreams.topology;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.internal.processor.GenerationProcessorSupplier;
import io.causalstreams.topology.internal.processor.OutputSerdes;
import io.causalstreams.topology.internal.processor.PromptTimestamps;
import java.util.Map;
import java.util.Properties;
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
 * KafkaStreams streams = new KafkaStreams(causalStreams.topology(), causalStreams.streamsProperties());
 * streams.setUncaughtExceptionHandler(e -> StreamThreadExceptionResponse.REPLACE_THREAD);
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

    public CausalStreams(GenerationEngine engine, CausalStreamsConfig config) {
        this.engine = engine;
        this.config = config;
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
                        config.getInt(CausalStreamsConfig.RECORD_MAX_BYTES_CONFIG)),
                Named.as(NAME + "-generation"));
    }

    /**
     * The settings to start {@link KafkaStreams} with: those the operator wants, overridden by every key of the
     * configuration that does not start with {@code causal.streams.}.
     */
    public Properties streamsProperties() {
        Map<String, Object> user = config.originals();
        user.keySet().removeIf(key -> key.startsWith("causal.streams."));
        return StreamsDefaults.with(user, config.getInt(CausalStreamsConfig.RECORD_MAX_BYTES_CONFIG));
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
