package io.causalstreams.benchmarks;

import io.causalstreams.inference.internal.text.StreamingDetokenizer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Text of a completion of 256 tokens as it streams; figures are per token. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class DetokenizerBenchmark {
    private static final int TOKENS = 256;

    private final SyntheticVocabulary tokenizer = new SyntheticVocabulary();
    private final int[] words = LongText.tokens(TOKENS, 3);
    /** Every character in several tokens. */
    private final int[] bytes = tokenizer.encodeText("größer ≥ 東京 🙂".repeat(20));

    @Param({"0", "4"})
    private int stops;

    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public int words() {
        return stream(words);
    }

    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public int bytes() {
        return stream(bytes);
    }

    private int stream(int[] tokens) {
        StreamingDetokenizer detokenizer = new StreamingDetokenizer(
                tokenizer, List.of("\n\nUser:", "###", "</s>", "The end.").subList(0, stops), false, 0);
        int length = 0;
        for (int i = 0; i < TOKENS; i++) {
            length += detokenizer.append(tokens[i]).length();
        }
        return length + detokenizer.finish().length();
    }
}
