package io.causalstreams.benchmarks;

import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.sampling.Sampler;
import io.causalstreams.inference.internal.sampling.TokenHistory;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One token of one row of logits. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // set by JMH
public class SamplerBenchmark {
    private final TokenHistory history = history();

    /** How to choose. */
    public enum Sampling {
        GREEDY,
        ALL,
        WARM,
        TOP_P,
        TOP_K,
        TOP_K_TOP_P,
        MIN_P,
        PENALTIES;

        SamplingParams params() {
            SamplingParams.Builder builder = SamplingParams.builder();
            return switch (this) {
                case GREEDY -> builder.temperature(0).build();
                case ALL -> builder.build();
                case WARM -> builder.temperature(1.5).build();
                case TOP_P -> builder.topP(0.9).build();
                case TOP_K -> builder.topK(50).build();
                case TOP_K_TOP_P -> builder.topK(50).topP(0.9).build();
                case MIN_P -> builder.minP(0.05).build();
                case PENALTIES ->
                    builder.temperature(0)
                            .repetitionPenalty(1.1)
                            .presencePenalty(0.2)
                            .frequencyPenalty(0.1)
                            .build();
            };
        }
    }

    @Param
    private Sampling sampling;

    /** SmolLM2's and Qwen2.5's. */
    @Param({"49152", "151936"})
    private int vocabulary;

    private Logits logits;
    private Sampler sampler;
    private int row;

    @Setup
    public void prepare() {
        logits = LogitRows.direct(vocabulary);
        sampler = new Sampler(sampling.params(), 42, 0, Set.of(SyntheticVocabulary.EOS), vocabulary);
    }

    @Benchmark
    public int sample() {
        return sampler.sample(logits, nextRow(), history, null);
    }

    private int nextRow() {
        row = (row + 1) % LogitRows.ROWS;
        return row;
    }

    /** 2,200 tokens, about 2,000 of them distinct. */
    private static TokenHistory history() {
        TokenHistory history = new TokenHistory(LongText.tokens(2000, 1));
        for (int token : LongText.tokens(200, 2)) {
            history.append(token);
        }
        return history;
    }
}
