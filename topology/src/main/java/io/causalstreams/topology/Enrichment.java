package io.causalstreams.topology;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.internal.operator.EnrichmentOperator;
import io.causalstreams.topology.internal.telemetry.Operations;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * An operator that asks the model about each record and joins the answer to it.
 *
 * <p>The record keeps its key, headers and timestamp. It is journaled until the answer is told, so a restart goes on
 * where the model was; exactly once like everything in its topology. Answers come in the order they are finished.
 * A failed request is joined too: its completion has an {@code error}. Records without a value are forwarded as they are,
 * at once: a tombstone does not wait for the answers to earlier records of its key.
 *
 * <p>Start Kafka Streams with {@link CausalStreams#withBackPressure}, so that a full journal pauses its input.
 *
 * <p>The request must be a pure function of the value: it is computed again after a restart. When it cannot be made, the
 * record is joined to a completion with an {@code error}. An exception of the joining function is an exception of the
 * topology: it ends the stream thread. The request's id is replaced by {@code <name>-<topic>-<partition>-<offset>}, with a
 * number behind it for further records made of the same input record.
 *
 * @param <K> key of the records
 * @param <V> their value
 * @param <R> value with the answer joined to it
 */
public final class Enrichment<K, V, R> implements ProcessorSupplier<K, V, K, R> {

    private final GenerationEngine engine;
    private final Function<V, GenerationRequest> request;
    private final BiFunction<V, CompletionEvent, R> join;
    private final String name;
    private final @Nullable Serde<K> keySerde;
    private final @Nullable Serde<V> valueSerde;
    private final boolean inKeyOrder;
    private final CausalStreamsConfig config;
    private final Operations operations;

    Enrichment(
            GenerationEngine engine,
            Function<V, GenerationRequest> request,
            BiFunction<V, CompletionEvent, R> join,
            String name,
            @Nullable Serde<K> keySerde,
            @Nullable Serde<V> valueSerde,
            boolean inKeyOrder,
            CausalStreamsConfig config,
            Operations operations) {
        this.engine = engine;
        this.request = request;
        this.join = join;
        this.name = name;
        this.keySerde = keySerde;
        this.valueSerde = valueSerde;
        this.inKeyOrder = inKeyOrder;
        this.config = config;
        this.operations = operations;
    }

    /**
     * Names the operator's journal; needed when a topology has several of a kind. The name is part of the changelog's.
     */
    public Enrichment<K, V, R> named(String operatorName) {
        return new Enrichment<>(
                engine, request, join, operatorName, keySerde, valueSerde, inKeyOrder, config, operations);
    }

    /** How records are journaled; without it, by the default serdes of the topology. */
    public Enrichment<K, V, R> withSerdes(Serde<K> keys, Serde<V> values) {
        return new Enrichment<>(engine, request, join, name, keys, values, inKeyOrder, config, operations);
    }

    /**
     * Answers of one key come in the order of its records, and a record without a value after the answers before it: what a
     * table made of the answers needs. A record waits for those of its key before it, so one busy key gets slow.
     *
     * <p>At once, even so, come the errors of records that are not taken (overflow, size) or whose deadline passes while they
     * wait, and a lower priority number still runs earlier. Records without a key do not wait.
     */
    public Enrichment<K, V, R> inKeyOrder() {
        return new Enrichment<>(engine, request, join, name, keySerde, valueSerde, true, config, operations);
    }

    /** Bounds and timings. */
    public Enrichment<K, V, R> withConfig(CausalStreamsConfig settings) {
        return new Enrichment<>(engine, request, join, name, keySerde, valueSerde, inKeyOrder, settings, operations);
    }

    /** Meters named {@code causal.streams.*}, tagged with nothing: give each operator a registry or a filter of its own. */
    public Enrichment<K, V, R> withMeters(MeterRegistry meters) {
        return new Enrichment<>(
                engine, request, join, name, keySerde, valueSerde, inKeyOrder, config, new Operations(engine, meters));
    }

    /**
     * The same for {@link KStream#processValues}: Kafka Streams then knows that keys stay, and does not repartition before
     * a join or an aggregation: {@code stream.processValues(CausalStreams.<K, V, R>enrich(…).forValues())}.
     */
    public FixedKeyProcessorSupplier<K, V, R> forValues() {
        EnrichmentOperator<K, V, R> operator = operator();
        return new FixedKeyProcessorSupplier<>() {
            @Override
            public FixedKeyProcessor<K, V, R> get() {
                return operator.processor();
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return operator.stores();
            }
        };
    }

    @Override
    public Processor<K, V, K, R> get() {
        return operator().processor();
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
        return operator().stores();
    }

    private EnrichmentOperator<K, V, R> operator() {
        return new EnrichmentOperator<>(
                name, engine, request, join, keySerde, valueSerde, inKeyOrder, config.settings(), operations);
    }
}
