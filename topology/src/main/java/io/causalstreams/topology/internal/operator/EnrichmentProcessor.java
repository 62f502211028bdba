package io.causalstreams.topology.internal.operator;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.topology.internal.answer.Ending;
import io.causalstreams.topology.internal.answer.EnrichmentJobs;
import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.answer.RecordCodec;
import io.causalstreams.topology.internal.answer.RecordLimit;
import io.causalstreams.topology.internal.input.TaskInput;
import io.causalstreams.topology.internal.journal.Arrival;
import io.causalstreams.topology.internal.journal.Journal;
import io.causalstreams.topology.internal.journal.RememberedCompletions;
import io.causalstreams.topology.internal.journal.Sessions;
import io.causalstreams.topology.internal.request.AbortOnTimeout;
import io.causalstreams.topology.internal.request.RequestLoop;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.InternalFixedKeyRecordFactory;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
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

    /** Only leaves the engine: a task that is closing must neither forward nor write. */
    @Override
    public void close() {
        if (incarnation != null) {
            incarnation.loop.close();
            incarnation = null;
        }
    }

    private void init(ProcessingContext context, Consumer<Record<K, R>> forward) {
        close();
        KeyValueStore<Bytes, byte[]> store = context.getStateStore(operator.storeName());
        EnrichmentJobs<K, V, R> jobs = new EnrichmentJobs<>(
                operator.engine().model(),
                operator.request(),
                operator.join(),
                operator.inKeyOrder(),
                RecordCodec.of(
                        operator.name(), operator.storeName(), operator.keySerde(), operator.valueSerde(), context));
        RequestLoop<K, R> loop = new RequestLoop<>(
                context,
                forward,
                operator.engine(),
                jobs,
                operator.settings(),
                new Journal(store),
                new RememberedCompletions(store, 0, 0, 0),
                new Sessions(store, operator.settings().sessions()),
                TaskInput.ofRecords(context),
                operator.operations());
        loop.restore();
        context.schedule(
                Duration.ofMillis(operator.settings().punctuateMs()), PunctuationType.WALL_CLOCK_TIME, loop::turn);
        incarnation = new Incarnation<>(context, forward, jobs, loop, new RecordSources());
    }

    @SuppressWarnings("NullAway") // a record without a value stays one, whatever its value's type
    private void process(Incarnation<K, V, R> current, Record<K, V> record) {
        RequestLoop<K, R> loop = current.loop;
        Bytes key = current.jobs.codec().key(record.key());
        String lane = current.jobs.lane(key);
        boolean waits = lane != null && loop.isBusy(lane);
        if (record.value() == null && !waits) {
            current.forward.accept(record.withValue((R) null));
            return;
        }
        Arrival arrival = arrival(current, record, key);
        if (loop.isInFlight(arrival.id())) {
            return;
        }
        Job<K, R> job = current.jobs.invalid(arrival);
        try {
            checkSize(arrival);
            job = current.jobs.open(arrival);
            validate(job);
        } catch (RuntimeException e) {
            if (waits && isJournalable(arrival)) {
                loop.accept(arrival, job); // it fails again, in its turn
            } else {
                loop.refuse(arrival, job, Ending.failed(arrival.id(), e));
            }
            return;
        }
        if (operator.settings().rejectOverflow() && loop.isFull()) {
            loop.refuse(arrival, job, Ending.rejected(arrival.id(), loop.entries()));
        } else {
            loop.accept(arrival, job);
        }
    }

    /** A record that fits its topic may not fit the changelog, and would then stop the task for ever. */
    private void checkSize(Arrival arrival) {
        if (!isJournalable(arrival)) {
            throw new GenerationException.Invalid(
                    null,
                    "the record has " + bytes(arrival) + " bytes with its key and headers, at most "
                            + operator.settings().promptMaxBytes()
                            + " are taken; shorten it or raise causal.streams.prompt.max.bytes");
        }
    }

    private boolean isJournalable(Arrival arrival) {
        return bytes(arrival) <= operator.settings().promptMaxBytes();
    }

    private static long bytes(Arrival arrival) {
        return RecordLimit.sizeOf(arrival.keyBytes(), arrival.valueBytes(), arrival.headers());
    }

    private void validate(Job<K, R> job) {
        if (!job.asks()) {
            return;
        }
        try {
            operator.engine().prepare(job.request());
        } catch (GenerationException.Busy | GenerationException.Aborted | GenerationException.Dead e) {
            // no verdict on the request: it waits in the journal, here or with the next owner
            return;
        }
    }

    private Arrival arrival(Incarnation<K, V, R> current, Record<K, V> record, @Nullable Bytes key) {
        long sequence = current.loop.nextSequence();
        RecordSource source = current.sources.next(current.context, record, sequence);
        return new Arrival(
                sequence,
                operator.name() + "-" + source.name(),
                key,
                record.value() == null ? null : current.jobs.codec().value(record.value()),
                new RecordHeaders(record.headers()),
                source.topic(),
                source.partition(),
                source.offset(),
                record.timestamp());
    }

    /** What {@code init} builds. */
    private record Incarnation<K, V, R>(
            ProcessingContext context,
            Consumer<Record<K, R>> forward,
            EnrichmentJobs<K, V, R> jobs,
            RequestLoop<K, R> loop,
            RecordSources sources) {}
}
