package io.causalstreams.benchmarks.maskbench;

import io.causalstreams.benchmarks.maskbench.BenchmarkSchema.Instance;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.constraint.mask.Vocabulary;
import io.causalstreams.inference.internal.text.HuggingFaceTokenizer;
import io.causalstreams.inference.internal.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Times the masks of one grammar along the benchmark's instances, whatever their schemas.
 *
 * <p>{@code GrammarBench GRAMMAR FOLDER MODEL [EVERY [OFFSET]]}: a file in GBNF or Lark; the others as of {@link MaskBench}.
 */
public final class GrammarBench {

    private static final int WARM_UP = 100;

    private final Tokenizer tokenizer;
    private final Times masks = new Times();
    private int accepted;
    private int instances;

    private GrammarBench(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** See the class. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 3) {
            System.err.println("usage: GrammarBench GRAMMAR FOLDER MODEL [EVERY [OFFSET]]");
            System.exit(2);
        }
        OutputConstraint grammar = new OutputConstraint.Grammar(Files.readString(Path.of(arguments[0])));
        List<Path> files = MaskBench.files(
                Path.of(arguments[1]),
                arguments.length > 3 ? Integer.parseInt(arguments[3]) : 1,
                arguments.length > 4 ? Integer.parseInt(arguments[4]) : 0);
        try (Tokenizer tokenizer = HuggingFaceTokenizer.open(Path.of(arguments[2]))) {
            Vocabulary vocabulary = Vocabulary.of(tokenizer);
            new GrammarBench(tokenizer)
                    .run(
                            new ConstraintCompiler(vocabulary).compile(grammar),
                            files.subList(0, Math.min(WARM_UP, files.size())));
            // Compiled anew: what the warm-up found out is not there.
            GrammarBench bench = new GrammarBench(tokenizer);
            bench.run(new ConstraintCompiler(vocabulary).compile(grammar), files);
            bench.print();
        }
    }

    private void run(TokenConstraint grammar, List<Path> files) throws IOException {
        for (Path file : files) {
            for (Instance instance : BenchmarkSchema.read(file).instances()) {
                instances++;
                accepted += Outcome.accepted(grammar, instance.text(), tokenizer, masks)
                                > instance.text().length()
                        ? 1
                        : 0;
            }
        }
    }

    private void print() {
        System.out.printf("%d of %d instances accepted, %,d masks%n%n", accepted, instances, masks.size());
        System.out.println("| µs | mean | p50 | p90 | p99 | p99.9 | max |\n|---|---|---|---|---|---|---|");
        System.out.println("| per mask | " + masks.columns() + " |");
    }
}
