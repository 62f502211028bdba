package io.causalstreams.topology;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.internal.operator.EnrichmentOperator;
import io.causalstreams.topology.internal.request.Operator;
import io.causalstreams.topology.internal.telemetry.OperatorTelemetry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.ValueJoiner;
import org.apache.kafka.streams.kstream.ValueMapper;
import org.apache.kafka.streams.kstream.internals.AbstractStream;
import org.jspecify.annotations.Nullable;

/**
 * The records of a stream and a question to the model about each. One of {@link #join}, {@link #extract} and
 * {@link #classify} says what becomes of the answers, and is called last.
 *
 * <p>A record keeps its key, headers and timestamp, so nothing is repartitioned behind it. It is journaled until its answer is
 * published: a restart goes on where the model was, exactly once like everything in its topology. Answers come in the order
 * they are finished. A failed request is answered too: its completion has an {@code error}, also when the question cannot be
 * made. A record without a value is forwarded as it is, at once: a tombstone does not wait for the answers to earlier records
 * of its key. An exception of the joiner is an exception of the topology: it ends the stream thread.
 *
 * <p>The request's id is {@code <name>-<topic>-<partition>-<offset>}, with a number behind it for further records made of the
 * same input record.
 *
 * <p>Threading: of the thread that builds the topology; each method changes this object and returns it.
 *
 * @param <K> key of the records
 * @param <V> their value
 */
public final class Asked<K, V> {

    private final GenerationEngine engine;
    private final KStream<K, V> records;
    private final ValueMapper<? super V, GenerationRequest> question;

    private CausalStreamsConfig config;
    private MeterRegistry meters = new CompositeMeterRegistry();
    private @Nullable String name;
    private @Nullable Serde<K> keySerde;
    private @Nullable Serde<V> valueSerde;
    private boolean inKeyOrder;

    Asked(
            GenerationEngine engine,
            CausalStreamsConfig config,
            KStream<K, V> records,
            ValueMapper<? super V, GenerationRequest> question) {
        this.engine = engine;
        this.config = config;
        this.records = records;
        this.question = question;
        if (records instanceof AbstractStream<?, ?>) {
            // as Kafka Streams' own operators take over the serdes of the stream before them
            @SuppressWarnings("unchecked")
            AbstractStream<K, V> stream = (AbstractStream<K, V>) records;
            this.keySerde = stream.keySerde();
            this.valueSerde = stream.valueSerde();
        }
    }

    /**
     * Names the operator, its journal and its requests. Needed where a topology has several of a kind; without it the name is
     * {@code causal-streams-enrich}, {@code -extract} or {@code -classify}. The changelog is called
     * {@code <application.id>-<name>-journal-changelog}: another name is another journal.
     */
    public Asked<K, V> named(String operatorName) {
        this.name = operatorName;
        return this;
    }

    /** How records are journaled; without it by the stream's serdes, where it has none by the topology's default ones. */
    public Asked<K, V> withSerdes(Serde<K> keys, Serde<V> values) {
        this.keySerde = keys;
        this.valueSerde = values;
        return this;
    }

    /**
     * Answers of one key come in the order of its records, and a record without a value after the answers before it: what a
     * table made of the answers needs. A record waits for those of its key before it, so one busy key gets slow.
     *
     * <p>At once, even so, come the errors of records that are not taken (overflow, size) or whose deadline passes while they
     * wait, and a lower priority number still runs earlier. Records without a key do not wait.
     */
    public Asked<K, V> inKeyOrder() {
        this.inKeyOrder = true;
        return this;
    }

    /**
     * Other bounds and timings for this operator alone.
     *
     * @param settings keys of {@link CausalStreamsConfig}; what they leave out stays
     */
    public Asked<K, V> withSettings(Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>(config.originals());
        all.putAll(settings);
        this.config = new CausalStreamsConfig(all);
        return this;
    }

    /** Meters named {@code causal.streams.*}, tagged with nothing: give each operator a registry or a filter of its own. */
    public Asked<K, V> withMeters(MeterRegistry registry) {
        this.meters = registry;
        return this;
    }

    /**
     * Joins the answer to its record.
     *
     * @param joiner makes the result of the value and its completion, which has an {@code error} when the request failed
     */
    public <R> KStream<K, R> join(ValueJoiner<? super V, ? super CompletionEvent, ? extends R> joiner) {
        return operator("enrich", question::apply, joiner::apply);
    }

    /**
     * Extracts facts from each record into a record class: the model can only answer with JSON of its form.
     *
     * @param type a record of text, numbers, booleans, enums, records, and lists, arrays and maps by text of them; Optional
     *     or {@code @Nullable} where a record may not say it. Its schema replaces the constraint of the question
     */
    public <T> KStream<K, Extracted<V, T>> extract(Class<T> type) {
        OutputConstraint schema = new OutputConstraint.JsonSchema(RecordSchema.of(type));
        return operator(
                "extract",
                value -> Requests.constrained(question.apply(value), schema),
                (value, completion) -> Extracted.of(type, value, completion));
    }

    /**
     * Gives each record the most likely of {@code labels}, for {@code split()} and {@code branch()}. Scores every label;
     * generates nothing.
     *
     * @param labels at least one, none empty, none twice
     */
    public KStream<K, Classified<V>> classify(String... labels) {
        return classify(List.of(labels));
    }

    /** The same with labels that were computed. */
    public KStream<K, Classified<V>> classify(List<String> labels) {
        List<String> all = List.copyOf(labels);
        if (all.isEmpty() || all.contains("") || new HashSet<>(all).size() < all.size()) {
            throw new IllegalArgumentException("labels are " + all + "; give at least one, none empty, none twice");
        }
        return operator("classify", value -> Requests.classifying(question.apply(value), all), Classified::of);
    }

    private <R> KStream<K, R> operator(
            String kind, Function<V, GenerationRequest> request, BiFunction<V, CompletionEvent, R> join) {
        return records.processValues(new EnrichmentOperator<>(
                name == null ? CausalStreams.NAME + "-" + kind : name,
                new Operator(engine, config.settings(), new OperatorTelemetry(engine, meters)),
                request,
                join,
                keySerde,
                valueSerde,
                inKeyOrder));
    }
}
