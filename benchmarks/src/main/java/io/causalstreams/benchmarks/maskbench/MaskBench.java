package io.causalstreams.benchmarks.maskbench;

import io.causalstreams.benchmarks.maskbench.Outcome.Verdict;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.mask.Vocabulary;
import io.causalstreams.inference.internal.constraint.schema.SchemaOptions;
import io.causalstreams.inference.internal.text.HuggingFaceTokenizer;
import io.causalstreams.inference.internal.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs the benchmark's schemas through the constraint compiler and prints one table.
 *
 * <p>{@code MaskBench FOLDER MODEL [EVERY [OFFSET [OUTCOMES]]]}: the folder of the benchmark's {@code data}, a directory with a
 * {@code tokenizer.json}; every how many files and from which on; a file for the outcome of each
 * schema: its name, the verdict, the time to the first mask and that of the slowest mask in µs, and what went wrong.
 */
public final class MaskBench {

    /** Schemas that are run, untimed, before the others: the JVM compiles meanwhile. */
    private static final int WARM_UP = 300;

    /**
     * Undeclared properties are written unless a schema forbids them, and all in any order, as JSON Schema says; {@code
     * -Dclosed=true} and {@code -Dordered=true} for the defaults.
     */
    private static final SchemaOptions OPTIONS =
            new SchemaOptions(!Boolean.getBoolean("closed"), !Boolean.getBoolean("ordered"));

    private MaskBench() {}

    /** See the class. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 2) {
            System.err.println("usage: MaskBench FOLDER MODEL [EVERY [OFFSET [OUTCOMES]]]");
            System.exit(2);
        }
        int every = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1;
        int offset = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 0;
        List<Path> files = files(Path.of(arguments[0]), every, offset);
        try (Tokenizer tokenizer = HuggingFaceTokenizer.open(Path.of(arguments[1]))) {
            Vocabulary vocabulary = Vocabulary.of(tokenizer);
            ConstraintCompiler compiler = new ConstraintCompiler(vocabulary, OPTIONS);
            for (int i = 0; i < Math.min(WARM_UP, files.size()); i++) {
                Outcome.of(BenchmarkSchema.read(files.get(i)), compiler, tokenizer, new Times());
            }
            // A fresh compiler: the warm-up's constraints are not to be found in its cache.
            List<Outcome> outcomes = run(files, new ConstraintCompiler(vocabulary, OPTIONS), tokenizer);
            if (arguments.length > 4) {
                Files.write(
                        Path.of(arguments[4]),
                        outcomes.stream()
                                .map(each -> String.join(
                                        "\t",
                                        each.name(),
                                        each.verdict().words,
                                        String.valueOf(each.firstMaskMicros()),
                                        String.valueOf(each.worstMaskMicros()),
                                        each.detail()))
                                .toList());
            }
        }
    }

    static List<Path> files(Path folder, int every, int offset) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> sorted = all.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
            List<Path> chosen = new ArrayList<>();
            for (int i = offset; i < sorted.size(); i += every) {
                chosen.add(sorted.get(i));
            }
            return chosen;
        }
    }

    private static List<Outcome> run(List<Path> files, ConstraintCompiler compiler, Tokenizer tokenizer)
            throws IOException {
        Times masks = new Times();
        Times firstMasks = new Times();
        Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
        List<Outcome> outcomes = new ArrayList<>();
        for (Path file : files) {
            Outcome outcome = Outcome.of(BenchmarkSchema.read(file), compiler, tokenizer, masks);
            outcomes.add(outcome);
            counts.merge(outcome.verdict(), 1, Integer::sum);
            if (outcome.verdict() != Verdict.REFUSED) {
                firstMasks.add(outcome.firstMaskMicros() * 1000);
            }
        }
        System.out.printf("%d schemas, %,d masks%n%n", outcomes.size(), masks.size());
        System.out.println("| | schemas |\n|---|---|");
        for (Verdict verdict : Verdict.values()) {
            System.out.printf("| %s | %d |%n", verdict.words, counts.getOrDefault(verdict, 0));
        }
        System.out.println("\n| µs | mean | p50 | p90 | p99 | p99.9 | max |\n|---|---|---|---|---|---|---|");
        System.out.println("| to the first mask | " + firstMasks.columns() + " |");
        System.out.println("| per mask | " + masks.columns() + " |");
        return outcomes;
    }
}
