package io.causalstreams.topology.internal.operator;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.event.ToolCallEvent;
import io.causalstreams.topology.event.ToolResultEvent;
import io.causalstreams.topology.internal.journal.FakeStore;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.InternalFixedKeyRecordFactory;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * One task of an agent as Kafka Streams runs it under exactly-once: what was written and forwarded since the last commit is
 * kept or dropped as a whole, together with the positions in both inputs. Its questions and the results it is sent are texts
 * under one key.
 */
final class AgentTask {

    private final List<String> questions;
    private final List<ToolResultEvent> results = new ArrayList<>();
    private final Supplier<EnrichmentOperator<String, String, AgentOutput<String>>> operators;

    private Map<Bytes, byte[]> committedStore = new TreeMap<>();
    private final List<AgentOutput<String>> committedOutput = new ArrayList<>();
    private int committedQuestions;
    private int committedResults;

    private final List<AgentOutput<String>> output = new ArrayList<>();
    private int nextQuestion;
    private int nextResult;
    private long nowMs = 1_000_000;

    private EnrichmentOperator<String, String, AgentOutput<String>> operator;
    private FakeStore store;
    private Context<String, AgentOutput<String>> context;
    private EnrichmentProcessor<String, String, AgentOutput<String>> processor;

    private int writesUntilFault = Integer.MAX_VALUE;
    private final RuntimeException fault = new IllegalStateException("injected");

    /** @param operators one with a new engine each time: the one of a new process */
    AgentTask(List<String> questions, Supplier<EnrichmentOperator<String, String, AgentOutput<String>>> operators) {
        this.questions = questions;
        this.operators = operators;
        this.operator = operators.get();
        this.store = new FakeStore(committedStore, this::mayFail);
        this.context = new Context<>(store);
        this.processor = started();
    }

    /** The write or forward after {@code writes} others fails. */
    void failAfter(int writes) {
        writesUntilFault = writes;
    }

    /** A tool writes a result to the topic. */
    void send(ToolResultEvent result) {
        results.add(result);
    }

    void processQuestion() {
        if (nextQuestion < questions.size()) {
            context.setRecordMetadata("questions", 0, nextQuestion);
            guarded(() -> {
                Record<String, String> record =
                        new Record<>("k", questions.get(nextQuestion), nowMs, new RecordHeaders());
                processor.process(InternalFixedKeyRecordFactory.create(record));
                nextQuestion++;
            });
        }
    }

    void processResult() {
        if (nextResult < results.size()) {
            context.setRecordMetadata("results", 0, nextResult);
            guarded(() -> {
                processor.answer(results.get(nextResult));
                nextResult++;
            });
        }
    }

    /** A turn; commits if it asked for that. */
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
        committedQuestions = nextQuestion;
        committedResults = nextResult;
    }

    /** kill -9: what was not committed never happened, another process with another engine goes on. */
    void crash() {
        output.clear();
        engine().close();
        operator = operators.get();
        startAnew();
    }

    GenerationEngine engine() {
        return operator.operator().engine();
    }

    /** What a read_committed reader of the calls sees. */
    List<ToolCallEvent> committedCalls() {
        return committedOutput.stream()
                .filter(each -> each instanceof AgentOutput.Call)
                .map(each -> ((AgentOutput.Call<String>) each).call())
                .toList();
    }

    /** What a read_committed reader of the answers sees. */
    List<String> committedAnswers() {
        return committedOutput.stream()
                .filter(each -> each instanceof AgentOutput.Answer)
                .map(each -> String.valueOf(((AgentOutput.Answer<String>) each).value()))
                .toList();
    }

    Map<Bytes, byte[]> committedStore() {
        return committedStore;
    }

    private void guarded(Runnable step) {
        try {
            step.run();
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
        nextQuestion = committedQuestions;
        nextResult = committedResults;
        store = new FakeStore(committedStore, this::mayFail);
        context = new Context<>(store);
        processor = started();
    }

    private EnrichmentProcessor<String, String, AgentOutput<String>> started() {
        EnrichmentProcessor<String, String, AgentOutput<String>> started = new EnrichmentProcessor<>(operator);
        started.init(context, record -> {
            mayFail();
            output.add(record.value());
        });
        return started;
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
    }
}
