package io.causalstreams.topology.internal.processor;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.internal.input.InputGate;
import io.causalstreams.topology.internal.journal.Arrival;
import io.causalstreams.topology.internal.journal.Journal;
import io.causalstreams.topology.internal.journal.RememberedCompletions;
import io.causalstreams.topology.internal.journal.Sessions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Records in; the same records with the model's answer joined to them out.
 *
 * <p>Threading: stream thread; {@link #init} builds everything anew.
 */
public final class EnrichmentProcessor<K, V, R> implements Processor<K, V, K, R> {

    private final String name;
    private final GenerationEngine engine;
    private final Function<V, GenerationRequest> request;
    private final BiFunction<V, CompletionEvent, R> join;
    private final @Nullable Serde<K> keySerde;
    private final @Nullable Serde<V> valueSerde;
    private final OperatorSettings settings;
    private final InputGate gate;
    private final Operations operations;

    private @Nullable Incarnation<K, V, R> incarnation;

    public EnrichmentProcessor(
            String name,
            GenerationEngine engine,
            Function<V, GenerationRequest> request,
            BiFunction<V, CompletionEvent, R> join,
            @Nullable Serde<K> keySerde,
            @Nullable Serde<V> valueSerde,
            OperatorSettings settings,
            InputGate gate,
            Operations operations) {
        this.name = name;
        this.engine = engine;
        this.request = request;
        this.join = join;
        this.keySerde = keySerde;
        this.valueSerde = valueSerde;
        this.settings = settings;
        this.gate = gate;
        this.operations = operations;
    }

    /** The journal of the operator called {@code name}. */
    public static String storeName(String name) {
        return name + "-journal";
    }

    @Override
    @SuppressWarnings("unchecked")
    public void init(ProcessorContext<K, R> context) {
        close();
        KeyValueStore<Bytes, byte[]> store = context.getStateStore(storeName(name));
        Serde<K> keys = keySerde != null ? keySerde : (Serde<K>) context.keySerde();
        Serde<V> values = valueSerde != null ? valueSerde : (Serde<V>) context.valueSerde();
        EnrichmentJobs<K, V, R> jobs = new EnrichmentJobs<>(storeName(name), engine, request, join, keys, values);
        RequestLoop<K, R> loop = new RequestLoop<>(
                context,
                engine,
                jobs,
                settings,
                new Journal(store),
                new RememberedCompletions(store, 0, 0, 0),
                new Sessions(store, settings.sessions()),
                new TaskInput(gate),
                operations);
        loop.restore();
        context.schedule(Duration.ofMillis(settings.punctuateMs()), PunctuationType.WALL_CLOCK_TIME, loop::turn);
        incarnation = new Incarnation<>(context, jobs, loop);
    }

    @Override
    public void process(Record<K, V> record) {
        Incarnation<K, V, R> current = Objects.requireNonNull(incarnation, "init comes first");
        AbortOnTimeout.run(() -> process(current, record));
    }

    /** Only leaves the engine: a task that is closing must neither forward nor write. */
    @Override
    public void close() {
        if (incarnation != null) {
            incarnation.loop.close();
            incarnation = null;
        }
    }

    @SuppressWarnings("NullAway") // a record without a value stays one, whatever its value's type
    private void process(Incarnation<K, V, R> current, Record<K, V> record) {
        if (record.value() == null) {
            current.context.forward(record.withValue((R) null));
            return;
        }
        Arrival arrival = arrival(current, record);
        if (current.loop.isInFlight(arrival.id())) {
            return;
        }
        Job<K, R> job;
        try {
            job = current.jobs.open(arrival);
            validate(job.request());
        } catch (RuntimeException e) {
            end(current, arrival, Ending.failed(arrival.id(), e));
            return;
        }
        if (settings.rejectOverflow() && current.loop.isFull()) {
            end(current, arrival, Ending.rejected(arrival.id(), current.loop.entries()));
        } else {
            current.loop.accept(arrival, job);
        }
    }

    private void validate(GenerationRequest checked) {
        try {
            engine.validate(checked);
        } catch (GenerationException.Busy | GenerationException.Aborted e) {
            // no verdict on the request: it waits in the journal, here or with the next owner
            return;
        }
    }

    private void end(Incarnation<K, V, R> current, Arrival arrival, Ending ending) {
        Job<K, R> job = current.jobs.invalid(arrival);
        long now = current.context.currentSystemTimeMs();
        operations.refused(arrival, job, ending, now);
        current.loop.tell(job.end(ending, List.of(), now).records());
    }

    private Arrival arrival(Incarnation<K, V, R> current, Record<K, V> record) {
        RecordSource source = RecordSource.of(current.context, record, current.loop.nextSequence());
        return new Arrival(
                current.loop.nextSequence(),
                name + "-" + source.name(),
                Bytes.wrap(current.jobs.keys().serializer().serialize(storeName(name), record.key())),
                Bytes.wrap(current.jobs.values().serializer().serialize(storeName(name), record.value())),
                new RecordHeaders(record.headers()),
                source.topic(),
                source.partition(),
                source.offset(),
                record.timestamp());
    }

    /** What {@link #init} builds. */
    private record Incarnation<K, V, R>(
            ProcessorContext<K, R> context, EnrichmentJobs<K, V, R> jobs, RequestLoop<K, R> loop) {}
}
