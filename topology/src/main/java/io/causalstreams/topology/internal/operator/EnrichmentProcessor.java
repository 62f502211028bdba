package io.causalstreams.topology.internal.operator;

import io.causalstreams.topology.SteadyTime;
import io.causalstreams.topology.event.ToolResultEvent;
import io.causalstreams.topology.internal.answer.AdapterPins;
import io.causalstreams.topology.internal.answer.EnrichmentJobs;
import io.causalstreams.topology.internal.answer.RecordCodec;
import io.causalstreams.topology.internal.input.TaskInput;
import io.causalstreams.topology.internal.journal.Arrival;
import io.causalstreams.topology.internal.request.AbortOnTimeout;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.InternalFixedKeyRecordFactory;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Records in; the same records with the model's answer joined to them out, under the same key.
 *
 * <p>Threading: stream thread; {@code init} builds everything anew.
 */
public final class EnrichmentProcessor<K, V, R> implements FixedKeyProcessor<K, V, R> {

    private final EnrichmentOperator<K, V, R> operator;

    private @Nullable Incarnation<K, V, R> incarnation;

    EnrichmentProcessor(EnrichmentOperator<K, V, R> operator) {
        this.operator = operator;
    }

    /**
     * Answers are forwarded from punctuations, also to records of before a restart, of which
     * there is no {@link FixedKeyRecord} to derive one from; its constructor is hidden, so this is the only way.
     */
    @Override
    public void init(FixedKeyProcessorContext<K, R> context) {
        init(context, record -> context.forward(InternalFixedKeyRecordFactory.create(record)));
    }

    @Override
    public void process(FixedKeyRecord<K, V> record) {
        Incarnation<K, V, R> current = Objects.requireNonNull(incarnation, "init comes first");
        AbortOnTimeout.run(() ->
                process(current, new Record<>(record.key(), record.value(), record.timestamp(), record.headers())));
    }

    /** Takes the result of a tool, or null where a record was none. */
    void answer(@Nullable ToolResultEvent result) {
        Incarnation<K, V, R> current = Objects.requireNonNull(incarnation, "init comes first");
        AbortOnTimeout.run(() -> current.intake.loop().answer(result));
    }

    @Override
    public void close() {
        if (incarnation != null) {
            incarnation.intake.close();
            incarnation = null;
        }
    }

    void init(ProcessingContext context, Consumer<Record<K, R>> forward) {
        close();
        EnrichmentJobs<K, V, R> jobs = new EnrichmentJobs<>(
                operator.operator().engine()::model,
                operator.inquiry(),
                operator.perKey(),
                RecordCodec.of(
                        operator.name(), operator.storeName(), operator.keySerde(), operator.valueSerde(), context),
                new AdapterPins(operator.operator().adapters()),
                operator.options().timeouts(SteadyTime.wallMs(context), context::currentSystemTimeMs),
                operator.options().kept(),
                operator.calling());
        Intake<K, R> intake = new Intake<>(
                operator.operator(), operator.storeName(), jobs, TaskInput.ofRecords(context), context, forward);
        incarnation = new Incarnation<>(jobs, intake, forward);
    }

    @SuppressWarnings("NullAway") // a record without a value stays one, whatever its value's type
    private void process(Incarnation<K, V, R> current, Record<K, V> record) {
        Bytes key = current.jobs.codec().key(record.key());
        if (!operator.options().asks(key)) {
            return;
        }
        String lane = current.jobs.lane(key);
        if (record.value() == null && (lane == null || !current.intake.loop().isBusy(lane))) {
            current.forward.accept(record.withValue((R) null));
            return;
        }
        Arrival arrival = arrival(current, record, key);
        current.intake.take(arrival, () -> current.jobs.open(arrival));
    }

    private Arrival arrival(Incarnation<K, V, R> current, Record<K, V> record, @Nullable Bytes key) {
        RecordSource source = current.intake.source(record);
        return new Arrival(
                current.intake.loop().nextSequence(),
                operator.name() + "-" + source.name(),
                key,
                record.value() == null ? null : current.jobs.codec().value(record.value()),
                AdapterPins.withoutPins(new RecordHeaders(record.headers())),
                source.topic(),
                source.partition(),
                source.offset(),
                record.timestamp(),
                record.value() == null ? null : operator.inquiry().form());
    }

    /** What {@code init} builds. */
    private record Incarnation<K, V, R>(
            EnrichmentJobs<K, V, R> jobs, Intake<K, R> intake, Consumer<Record<K, R>> forward) {}
}
