package io.causalstreams.topology.internal.operator;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.event.EventHeaders;
import io.causalstreams.topology.event.PromptEnvelope;
import io.causalstreams.topology.event.PromptEvent;
import io.causalstreams.topology.event.UnreadablePromptException;
import io.causalstreams.topology.internal.answer.Ending;
import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.answer.PromptJobs;
import io.causalstreams.topology.internal.answer.RecordLimit;
import io.causalstreams.topology.internal.input.TaskInput;
import io.causalstreams.topology.internal.journal.Arrival;
import io.causalstreams.topology.internal.journal.Journal;
import io.causalstreams.topology.internal.journal.RememberedCompletions;
import io.causalstreams.topology.internal.journal.Sessions;
import io.causalstreams.topology.internal.request.AbortOnTimeout;
import io.causalstreams.topology.internal.request.OperatorSettings;
import io.causalstreams.topology.internal.request.RequestLoop;
import io.causalstreams.topology.internal.telemetry.Operations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Prompt records in; token, completion and dead-letter records out.
 *
 * <p>{@link #process} reads, checks and journals, and never waits for the engine. Everything the engine says is told by
 * the punctuation of {@link RequestLoop}.
 *
 * <p>Threading: stream thread. Kafka Streams initialises the same object again after a corruption: {@link #init} builds
 * everything anew.
 */
final class GenerationProcessor implements Processor<byte[], byte[], byte[], OutputEvent> {

    private final String storeName;
    private final GenerationEngine engine;
    private final OperatorSettings settings;
    private final boolean tokens;
    private final Operations operations;

    private @Nullable Incarnation incarnation;

    GenerationProcessor(
            String storeName,
            GenerationEngine engine,
            OperatorSettings settings,
            boolean tokens,
            Operations operations) {
        this.storeName = storeName;
        this.engine = engine;
        this.settings = settings;
        this.tokens = tokens;
        this.operations = operations;
    }

    @Override
    public void init(ProcessorContext<byte[], OutputEvent> context) {
        close();
        KeyValueStore<Bytes, byte[]> store = context.getStateStore(storeName);
        PromptJobs jobs = new PromptJobs(
                engine,
                context.applicationId(),
                tokens,
                settings.sessionByKey(),
                new RecordLimit(settings.recordMaxBytes()));
        RememberedCompletions remembered = new RememberedCompletions(
                store, settings.rememberMs(), settings.rememberEntries(), settings.rememberBytes());
        RequestLoop<byte[], OutputEvent> loop = new RequestLoop<>(
                context,
                context::forward,
                engine,
                jobs,
                settings,
                new Journal(store),
                remembered,
                new Sessions(store, settings.sessions()),
                TaskInput.ofPrompts(context),
                operations);
        loop.restore();
        context.schedule(Duration.ofMillis(settings.punctuateMs()), PunctuationType.WALL_CLOCK_TIME, loop::turn);
        incarnation = new Incarnation(context, jobs, loop, new RecordSources());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Incarnation current = Objects.requireNonNull(incarnation, "init comes first");
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

    private void process(Incarnation current, Record<byte[], byte[]> record) {
        Header cancel = record.headers().lastHeader(EventHeaders.CANCEL);
        if (cancel != null && cancel.value() != null) {
            current.loop.cancelId(new String(cancel.value(), StandardCharsets.UTF_8));
        } else if (record.value() != null) {
            prompt(current, record, record.value());
        } else if (record.key() != null) {
            current.loop.cancelKey(Bytes.wrap(record.key()));
        }
    }

    private void prompt(Incarnation current, Record<byte[], byte[]> record, byte[] value) {
        PromptEnvelope envelope;
        try {
            envelope = PromptEnvelope.read(value);
        } catch (UnreadablePromptException e) {
            current.loop.tell(List.of(current.jobs.deadLetter(current.arrival(record, null), e)));
            operations.unreadable();
            return;
        }
        Arrival arrival = current.arrival(record, envelope.id());
        if (current.loop.isInFlight(arrival.id())) {
            operations.duplicate();
            return;
        }
        byte[] completion = current.loop.remembered(arrival.id());
        if (completion != null) {
            operations.duplicate();
            current.loop.tell(List.of(current.jobs.again(arrival, completion, current.loop.wallNow())));
            return;
        }
        Job<byte[], OutputEvent> job;
        try {
            checkSize(arrival);
            job = current.jobs.open(arrival);
        } catch (RuntimeException e) {
            current.loop.refuse(arrival, current.jobs.invalid(arrival), Ending.failed(arrival.id(), e));
            return;
        }
        try {
            validate(job);
        } catch (RuntimeException e) {
            current.loop.refuse(arrival, job, Ending.failed(arrival.id(), e));
            return;
        }
        if (settings.rejectOverflow() && current.loop.isFull()) {
            current.loop.refuse(arrival, job, Ending.rejected(arrival.id(), current.loop.entries()));
        } else {
            current.loop.accept(arrival, job);
        }
    }

    private void checkSize(Arrival arrival) {
        long bytes = RecordLimit.sizeOf(arrival.keyBytes(), arrival.valueBytes(), arrival.headers());
        if (bytes > settings.promptMaxBytes()) {
            throw new GenerationException.Invalid(
                    null,
                    "the prompt event has " + bytes + " bytes with its key and headers, at most "
                            + settings.promptMaxBytes()
                            + " are taken; shorten it or raise causal.streams.prompt.max.bytes");
        }
    }

    private void validate(Job<byte[], OutputEvent> job) {
        try {
            engine.prepare(job.request());
        } catch (GenerationException.Busy | GenerationException.Aborted | GenerationException.Dead e) {
            // no verdict on the request: it waits in the journal, here or with the next owner
            return;
        }
    }

    /** What {@link #init} builds. */
    private record Incarnation(
            ProcessorContext<byte[], OutputEvent> context,
            PromptJobs jobs,
            RequestLoop<byte[], OutputEvent> loop,
            RecordSources sources) {

        Arrival arrival(Record<byte[], byte[]> record, @Nullable String bodyId) {
            RecordSource source = sources.next(context, record, loop.nextSequence());
            return new Arrival(
                    loop.nextSequence(),
                    PromptEvent.resolveId(bodyId, record.headers(), source.name()),
                    Bytes.wrap(record.key()),
                    Bytes.wrap(record.value()),
                    new RecordHeaders(record.headers()),
                    source.topic(),
                    source.partition(),
                    source.offset(),
                    record.timestamp());
        }
    }
}
