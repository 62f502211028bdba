package io.causalstreams.benchmarks;

import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A JSON schema over 49,152 tokens: compiling it, following it for a token, choosing a token under it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class ConstraintBenchmark {
    private static final OutputConstraint SCHEMA = new OutputConstraint.JsonSchema("""
            {"type": "object", "additionalProperties": false, "required": ["name", "age", "tags", "urgent"],
             "properties": {
               "name": {"type": "string", "maxLength": 40}, "age": {"type": "integer", "minimum": 0, "maximum": 150},
               "tags": {"type": "array", "items": {"enum": ["new", "open", "closed"]}, "maxItems": 5},
               "urgent": {"type": "boolean"}}}
            """);
    private static final String TEXT =
            "{\"name\": \"the one and only\", \"age\": 42, \"tags\": [\"new\", \"open\"], \"urgent\": false}";

    private final SyntheticVocabulary tokenizer = new SyntheticVocabulary();
    private final ConstraintCompiler compiler = new ConstraintCompiler(tokenizer);
    private final Logits logits = LogitRows.direct(SyntheticVocabulary.SIZE);
    private final TokenHistory history = new TokenHistory(new int[0]);
    private final Sampler sampler =
            new Sampler(SamplingParams.greedy(9), 42, 0, Set.of(SyntheticVocabulary.EOS), SyntheticVocabulary.SIZE);
    private final int[] text = tokenizer.encodeText(TEXT);

    private TokenConstraint.State state = compiler.compile(SCHEMA).start();
    private int next;

    /** A vocabulary's first schema: the trie over its tokens, and the first mask. */
    @Benchmark
    public TokenConstraint compile() {
        return new ConstraintCompiler(tokenizer).compile(SCHEMA);
    }

    /** To the next position and its mask, when the text's masks are known. */
    @Benchmark
    public boolean follow() {
        return step().allowed().isEmpty();
    }

    /** The same, and the most likely of the allowed tokens. */
    @Benchmark
    public int chooseUnderMask() {
        return sampler.sample(logits, next % LogitRows.ROWS, history, step());
    }

    private TokenConstraint.State step() {
        if (next == text.length) {
            next = 0;
            state = compiler.compile(SCHEMA).start();
        }
        state = state.after(text[next++]);
        return state;
    }
}
