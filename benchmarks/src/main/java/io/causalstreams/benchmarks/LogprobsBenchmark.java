package io.causalstreams.benchmarks;

import io.causalstreams.inference.TokenLogprob;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.sampling.Logprobs;
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

/** What {@code logprobs} adds to a token chosen. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // set by JMH
public class LogprobsBenchmark {
    private final SyntheticVocabulary tokenizer = new SyntheticVocabulary();

    @Param({"0", "20"})
    private int alternatives;

    private Logits logits;
    private int row;

    @Setup
    public void prepare() {
        logits = LogitRows.direct(SyntheticVocabulary.SIZE);
    }

    @Benchmark
    public TokenLogprob logprobs() {
        row = (row + 1) % LogitRows.ROWS;
        return Logprobs.of(logits, row, 1000, alternatives, tokenizer);
    }
}
