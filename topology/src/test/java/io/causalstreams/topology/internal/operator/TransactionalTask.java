package io.causalstreams.topology.internal.operator;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.internal.journal.FakeStore;
import io.causalstreams.topology.internal.request.Operator;
import io.causalstreams.topology.internal.request.OperatorSettings;
import io.causalstreams.topology.internal.telemetry.EngineMeters;
import io.causalstreams.topology.internal.telemetry.OperatorTelemetry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * One task of the prompt operator as Kafka Streams runs it under exactly-once: what was written and forwarded since the
 * last commit is kept or dropped as a whole, together with the input position.
 *
 * <p>Faults follow {@code StreamTask} and {@code TaskManager} of 4.3: a {@link TimeoutException} that gets out commits
 * what was sent without the input position and revives the task; any other exception aborts and starts anew.
 */
final class TransactionalTask {

    /** A prompt, tombstone or cancel on the input topic. */
    record Input(Bytes key, Bytes value, Headers headers) {}

    private final List<Input> input;
    private final OperatorSettings settings;
    private final Supplier<GenerationEngine> engines;

    private Map<Bytes, byte[]> committedStore = new TreeMap<>();
    private final List<OutputEvent> committedOutput = new ArrayList<>();
    private int committedPosition;

    private final List<OutputEvent> output = new ArrayList<>();
    private int position;
    private long nowMs = 1_000_000;

    private GenerationEngine engine;
    private FakeStore store;
    private Context<byte[], OutputEvent> context;
    private GenerationProcessor processor;

    private int writesUntilFault = Integer.MAX_VALUE;
    private RuntimeException fault = new IllegalStateException();

    TransactionalTask(List<Input> input, OperatorSettings settings, Supplier<GenerationEngine> engines) {
        this.input = input;
        this.settings = settings;
        this.engines = engines;
        this.engine = engines.get();
        this.store = new FakeStore(committedStore, this::mayFail);
        this.context = new Context<>(store);
        this.processor = processor();
        processor.init(context);
    }

    /** The write or forward after {@code writes} others throws {@code error}. */
    void failAfter(int writes, RuntimeException error) {
        writesUntilFault = writes;
        fault = error;
    }

    boolean hasInput() {
        return position < input.size();
    }

    void processNext() {
        Input next = input.get(position);
        context.setRecordMetadata("prompts", 0, position);
        guarded(() -> {
            processor.process(new Record<>(next.key().get(), next.value().get(), nowMs, next.headers()));
            position++;
        });
    }

    void punctuate() {
        nowMs += 10;
        context.setCurrentSystemTimeMs(nowMs);
        guarded(() -> {
            context.scheduledPunctuators().get(0).getPunctuator().punctuate(nowMs);
            if (context.committed()) {
                commit();
                context.resetCommit();
            }
        });
    }

    void commit() {
        committedStore = new TreeMap<>(store.content);
        committedOutput.addAll(output);
        output.clear();
        committedPosition = position;
    }

    /** kill -9: what was not committed never happened, another process with another engine goes on. */
    void crash() {
        output.clear();
        engine.close();
        engine = engines.get();
        startAnew();
    }

    /** A rebalance: the task commits, closes, and another owner with another engine goes on. */
    void handOver() {
        commit();
        processor.close();
        engine.close();
        engine = engines.get();
        startAnew();
    }

    /** What a read_committed reader sees. */
    List<OutputEvent> committedOutput() {
        return committedOutput;
    }

    Map<Bytes, byte[]> committedStore() {
        return committedStore;
    }

    FakeStore store() {
        return store;
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (TimeoutException e) {
            writesUntilFault = Integer.MAX_VALUE;
            int before = committedPosition;
            commit();
            committedPosition = before;
            processor.close();
            restore();
            processor.init(context);
        } catch (RuntimeException e) {
            if (e != fault && e.getCause() != fault) {
                throw e;
            }
            writesUntilFault = Integer.MAX_VALUE;
            output.clear();
            processor.close();
            startAnew();
        }
    }

    private void startAnew() {
        restore();
        processor = processor();
        processor.init(context);
    }

    private GenerationProcessor processor() {
        CompositeMeterRegistry meters = new CompositeMeterRegistry();
        OperatorTelemetry telemetry =
                new OperatorTelemetry("fake", engine, new EngineMeters(engine, meters), meters, OpenTelemetry.noop());
        return new GenerationProcessor(new Operator(engine, settings, telemetry), Framed.FORMAT, "fake", true, false);
    }

    private void restore() {
        position = committedPosition;
        store = new FakeStore(committedStore, this::mayFail);
        context = new Context<>(store);
    }

    private void mayFail() {
        if (writesUntilFault-- == 0) {
            throw fault;
        }
    }

    private final class Context<F, G> extends MockProcessorContext<F, G> {

        private final FakeStore store;

        Context(FakeStore store) {
            super(new Properties(), new TaskId(0, 0), new File("target"));
            this.store = store;
            setCurrentSystemTimeMs(nowMs);
        }

        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        public <S extends StateStore> S getStateStore(String name) {
            return (S) store;
        }

        @Override
        public <K extends F, V extends G> void forward(Record<K, V> record) {
            mayFail();
            output.add((OutputEvent) record.value());
        }
    }
}
