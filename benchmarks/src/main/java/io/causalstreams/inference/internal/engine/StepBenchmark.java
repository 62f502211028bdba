package io.causalstreams.inference.internal.engine;

import io.causalstreams.benchmarks.LogitRows;
import io.causalstreams.benchmarks.SyntheticVocabulary;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.scheduling.FairPriorityPolicy;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A whole step of the engine around a model that costs nothing: what a step costs beside ONNX Runtime, and the bytes it
 * allocates. Every request gets one token a step, so figures over {@code requests} are per token.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // set by JMH
public class StepBenchmark {
    private static final int CONTEXT = 4096;
    private static final int PROMPT = 64;
    private static final int BEST_TOKENS = 64;
    private static final OutputConstraint SCHEMA = new OutputConstraint.JsonSchema("""
            {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["name", "age"],
             "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}}
            """);

    /** How tokens are chosen, and what is said of them. */
    public enum Choice {
        GREEDY,
        GREEDY_LOGPROBS,
        TOP_P,
        JSON;

        SamplingParams.Builder params() {
            return switch (this) {
                case GREEDY -> SamplingParams.builder().temperature(0);
                case GREEDY_LOGPROBS -> SamplingParams.builder().temperature(0).logprobs(5);
                case TOP_P -> SamplingParams.builder().temperature(0.8).topP(0.95);
                case JSON -> SamplingParams.builder().temperature(0).constraint(SCHEMA);
            };
        }
    }

    /** Where logits are. */
    public enum From {
        HOST,
        /** The best tokens of each row are on the host; a row is fetched where these do not decide. */
        DEVICE
    }

    @Param({"1", "32", "256"})
    private int requests;

    /** SmolLM2's and Qwen2.5's. */
    @Param({"49152", "151936"})
    private int vocabulary;

    @Param
    private Choice choice;

    @Param
    private From logits;

    /** How long a decode pass lasts, computed elsewhere. */
    @Param("0")
    private int passMicros;

    /** What a listener does with a token, in JMH's units of work: a few nanoseconds each. */
    @Param("0")
    private int listenerWork;

    /** Whether what need not be done before the next pass is done beside it, as with a device. */
    @Param("false")
    private boolean beside;

    private SyntheticVocabulary tokenizer;
    private EngineLoop loop;
    private SubmissionQueue queue;
    private RequestPreparation preparation;
    private ModelFacts facts;
    private int running;
    private @Nullable GenerationException failure;

    @Setup(Level.Trial)
    public void open() {
        EngineConfig config = EngineConfig.defaults()
                .withSlots(requests)
                .withMaxContextTokens(CONTEXT)
                .withSpeculation(false);
        tokenizer = new SyntheticVocabulary(vocabulary);
        Logits rows = LogitRows.direct(requests, tokenizer.size());
        IdleLm model = new DistantLm(logits == From.HOST ? rows : LogitRows.withBest(rows, BEST_TOKENS));
        ConstraintCompiler constraints = new ConstraintCompiler(tokenizer);
        facts = ModelFacts.of(model.metadata(), tokenizer);
        queue = new SubmissionQueue(requests + 1, () -> {});
        loop = new EngineLoop(model, config, queue, new FairPriorityPolicy(), Clock.systemUTC(), System::nanoTime);
        preparation = new RequestPreparation(
                model.metadata(), CONTEXT, tokenizer, null, constraints::compile, new Adapters(model));
    }

    @Benchmark
    public boolean step() {
        while (running < requests) {
            TokenizedRequest next = preparation.prepare(request(running++));
            queue.submit(next.id, () -> new RequestRun(next, facts, new Counter()));
        }
        boolean more = loop.step();
        if (failure != null) {
            throw failure;
        }
        return more;
    }

    private GenerationRequest request(int number) {
        List<Integer> prompt = new java.util.SplittableRandom(number)
                .ints(PROMPT, 3, vocabulary)
                .boxed()
                .toList();
        SamplingParams sampling =
                choice.params().ignoreEos(true).maxTokens(CONTEXT - PROMPT).build();
        return GenerationRequest.of("request-" + number, new Prompt.Tokens(prompt), sampling);
    }

    private final class DistantLm extends IdleLm {
        DistantLm(Logits logits) {
            super(requests, CONTEXT, logits);
        }

        @Override
        public boolean leavesHostFree() {
            return beside;
        }

        @Override
        public Logits decode(int[] tokenIds, int[] pastLengths, int rows) {
            long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(passMicros);
            for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            return super.decode(tokenIds, pastLengths, rows);
        }
    }

    private final class Counter implements GenerationListener {
        @Override
        public void onTokens(GenerationEvent.TokenChunk tokens) {
            Blackhole.consumeCPU(listenerWork);
        }

        @Override
        public void onFinished(GenerationEvent.Finished finished) {
            running--;
        }

        @Override
        public void onFailed(GenerationException error) {
            failure = error;
        }
    }
}
