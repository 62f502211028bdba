package io.causalstreams.topology.internal.operator;

import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.ValueFormat;
import io.causalstreams.topology.event.EventHeaders;
import io.causalstreams.topology.event.PromptEnvelope;
import io.causalstreams.topology.event.PromptEvent;
import io.causalstreams.topology.event.UnreadablePromptException;
import io.causalstreams.topology.internal.answer.AdapterPins;
import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.answer.NoSuchRequestException;
import io.causalstreams.topology.internal.answer.PromptJobs;
import io.causalstreams.topology.internal.answer.PromptRecords;
import io.causalstreams.topology.internal.answer.RecordLimit;
import io.causalstreams.topology.internal.answer.Refusals;
import io.causalstreams.topology.internal.input.TaskInput;
import io.causalstreams.topology.internal.journal.Arrival;
import io.causalstreams.topology.internal.request.AbortOnTimeout;
import io.causalstreams.topology.internal.request.Operator;
import io.causalstreams.topology.internal.request.OperatorSettings;
import io.causalstreams.topology.internal.request.RequestLoop;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Prompt records in; token, completion and dead-letter records out.
 *
 * <p>{@link #process} reads, checks and journals, and never waits for the engine. What the engine reports is published by
 * the punctuation of {@link RequestLoop}.
 *
 * <p>Threading: stream thread. Kafka Streams initialises the same object again after a corruption: {@link #init} builds
 * everything anew.
 */
final class GenerationProcessor implements Processor<byte[], byte[], byte[], OutputEvent> {

    private final Operator operator;
    private final ValueFormat format;
    private final String storeName;
    private final boolean tokens;
    private final boolean shadows;

    private @Nullable Incarnation incarnation;

    /**
     * Makes one of a task.
     *
     * @param format of the prompts
     * @param tokens whether token events are published
     * @param shadows whether candidates answer in shadow
     */
    GenerationProcessor(Operator operator, ValueFormat format, String storeName, boolean tokens, boolean shadows) {
        this.operator = operator;
        this.format = format;
        this.storeName = storeName;
        this.tokens = tokens;
        this.shadows = shadows;
    }

    @Override
    public void init(ProcessorContext<byte[], OutputEvent> context) {
        close();
        OperatorSettings settings = operator.settings();
        PromptJobs jobs = new PromptJobs(
                format,
                operator.engine()::model,
                new PromptRecords(context.applicationId(), tokens, new RecordLimit(settings.recordMaxBytes())),
                settings.sessionByKey(),
                new AdapterPins(operator.adapters()),
                Refusals.of(context));
        TaskInput input = TaskInput.ofPrompts(context);
        incarnation = new Incarnation(jobs, new Intake<>(operator, storeName, jobs, input, context, context::forward));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Incarnation current = Objects.requireNonNull(incarnation, "init comes first");
        AbortOnTimeout.run(() -> process(current, record));
    }

    @Override
    public void close() {
        if (incarnation != null) {
            incarnation.intake.close();
            incarnation = null;
        }
    }

    private void process(Incarnation current, Record<byte[], byte[]> record) {
        Header cancel = record.headers().lastHeader(EventHeaders.CANCEL);
        if (cancel != null && cancel.value() != null) {
            String id = new String(cancel.value(), StandardCharsets.UTF_8);
            if (!current.intake.loop().cancelId(id)) {
                missed(current, record, "request " + id);
            }
        } else if (record.value() != null) {
            prompt(current, record, record.value());
        } else if (record.key() != null && !current.intake.loop().cancelKey(Bytes.wrap(record.key()))) {
            missed(current, record, "request with this key");
        }
    }

    /** A cancel that found nothing is reported: its sender thinks that something was cancelled. */
    private void missed(Incarnation current, Record<byte[], byte[]> record, String request) {
        Arrival arrival = current.arrival(record, current.intake.source(record), null);
        current.intake
                .loop()
                .publish(List.of(
                        current.jobs.records().deadLetter(arrival, NoSuchRequestException.of(request, arrival))));
        operator.telemetry().missedCancel();
    }

    private void prompt(Incarnation current, Record<byte[], byte[]> record, byte[] value) {
        PromptJobs jobs = current.jobs;
        RequestLoop<byte[], OutputEvent> loop = current.intake.loop();
        RecordSource source = current.intake.source(record);
        PromptEnvelope envelope;
        try {
            envelope = jobs.read(source.topic(), value);
        } catch (UnreadablePromptException e) {
            loop.publish(List.of(jobs.records().deadLetter(current.arrival(record, source, null), e)));
            operator.telemetry().unreadable();
            return;
        }
        Arrival arrival = current.arrival(record, source, envelope.id());
        byte[] completion = loop.remembered(arrival.id());
        if (completion != null && !jobs.isRefused(arrival)) {
            operator.telemetry().duplicate();
            loop.publish(List.of(jobs.records().remembered(arrival, completion, loop.wallNow())));
        } else {
            Job<byte[], OutputEvent> job = current.intake.take(arrival, () -> jobs.open(arrival, envelope));
            if (shadows && job != null && loop.isInFlight(arrival.id()) && !loop.isFull()) {
                shadow(current, job, envelope);
            }
        }
    }

    private static void shadow(Incarnation current, Job<byte[], OutputEvent> of, PromptEnvelope envelope) {
        Arrival shadow = current.jobs.shadow(of, current.intake.loop().nextSequence());
        if (shadow != null) {
            current.intake.take(shadow, () -> current.jobs.open(shadow, envelope));
        }
    }

    /** What {@link #init} builds. */
    private record Incarnation(PromptJobs jobs, Intake<byte[], OutputEvent> intake) {

        Arrival arrival(Record<byte[], byte[]> record, RecordSource source, @Nullable String bodyId) {
            return new Arrival(
                    intake.loop().nextSequence(),
                    PromptEvent.resolveId(bodyId, record.headers(), source.name()),
                    Bytes.wrap(record.key()),
                    Bytes.wrap(record.value()),
                    AdapterPins.withoutPins(new RecordHeaders(record.headers())),
                    source.topic(),
                    source.partition(),
                    source.offset(),
                    record.timestamp());
        }
    }
}
