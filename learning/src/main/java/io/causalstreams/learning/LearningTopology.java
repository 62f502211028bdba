package io.causalstreams.learning;

import io.causalstreams.learning.internal.Facts;
import io.causalstreams.learning.internal.Joining;
import io.causalstreams.learning.internal.Output;
import io.causalstreams.learning.internal.Rounds;
import io.causalstreams.topology.ValueFormat;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * From corrections to adapters.
 *
 * <pre>
 *   prompts ──────┐
 *   completions ──┼─► facts by request ─► joining ─► records by adapter ─► rounds ─┬─► adapters
 *   corrections ──┘                                                          ▲      └─► reports of rounds
 *                                                         adapters (served) ─┘
 * </pre>
 */
public final class LearningTopology {
    private static final String NAME = "learning-";
    private static final String KNOWN = NAME + "known";
    private static final String RECORDS = NAME + "records";
    private static final String SERVED = NAME + "served";

    private LearningTopology() {}

    /** The topology of one loop; exactly once needs {@code processing.guarantee=exactly_once_v2}. */
    public static Topology of(LearningSettings settings, Tuner tuner) {
        StreamsBuilder builder = new StreamsBuilder();
        LearningSettings.Topics topics = settings.topics();
        builder.globalTable(
                topics.adapters(),
                Consumed.with(Serdes.String(), Serdes.ByteArray()).withName(SERVED + "-source"),
                Materialized.as(Stores.inMemoryKeyValueStore(SERVED)));
        KStream<String, String> facts = facts(
                        json(builder, topics.prompts(), "prompts", topics.format()),
                        "prompts",
                        () -> new Facts.OfPrompts(settings.adapter()))
                .merge(facts(
                        json(builder, topics.completions(), "completions", topics.format()),
                        "completions",
                        Facts.OfCompletions::new))
                .merge(facts(
                        json(builder, topics.corrections(), "corrections", ValueFormat.json()),
                        "corrections",
                        Facts.OfCorrections::new));
        KStream<String, String> records = facts.repartition(
                        Repartitioned.with(Serdes.String(), Serdes.String()).withName(NAME + "facts"))
                .process(
                        withStore(
                                () -> new Joining(KNOWN, settings.adapter(), settings.forgottenAfter()),
                                Stores.persistentKeyValueStore(KNOWN)),
                        Named.as(NAME + "joining"));
        KStream<byte[], Output> outputs = records.repartition(Repartitioned.with(Serdes.String(), Serdes.String())
                        .withNumberOfPartitions(1)
                        .withName(NAME + "records"))
                .process(
                        withStore(
                                () -> new Rounds(settings, RECORDS, SERVED, tuner),
                                Stores.inMemoryKeyValueStore(RECORDS)),
                        Named.as(NAME + "rounds"));
        write(outputs, true, topics.adapters());
        write(outputs, false, topics.rounds());
        return builder.build();
    }

    private static KStream<byte[], byte[]> json(StreamsBuilder builder, String topic, String name, ValueFormat format) {
        return builder.stream(
                        topic,
                        Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()).withName(NAME + name))
                .mapValues(
                        value -> value == null ? null : format.toJson(topic, value), Named.as(NAME + name + "-json"));
    }

    private static KStream<String, String> facts(
            KStream<byte[], byte[]> records, String name, ProcessorSupplier<byte[], byte[], String, String> reader) {
        return records.process(reader, Named.as(NAME + name + "-facts"));
    }

    private static void write(KStream<byte[], Output> outputs, boolean adapters, String topic) {
        String name = NAME + (adapters ? "published" : "reports");
        Serde<Bytes> values = Serdes.Bytes();
        outputs.filter((key, output) -> output.isAdapter() == adapters, Named.as(name + "-only"))
                .mapValues(Output::value, Named.as(name + "-values"))
                .to(topic, Produced.with(Serdes.ByteArray(), values).withName(name));
    }

    private static <I, O> ProcessorSupplier<String, String, I, O> withStore(
            ProcessorSupplier<String, String, I, O> processor,
            org.apache.kafka.streams.state.KeyValueBytesStoreSupplier store) {
        StoreBuilder<KeyValueStore<String, String>> builder = Stores.keyValueStoreBuilder(
                        store, Serdes.String(), Serdes.String())
                .withCachingDisabled();
        return new ProcessorSupplier<>() {
            @Override
            public org.apache.kafka.streams.processor.api.Processor<String, String, I, O> get() {
                return processor.get();
            }

            @Override
            public java.util.Set<StoreBuilder<?>> stores() {
                return java.util.Set.of(builder);
            }
        };
    }
}
