package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Decoding under a JSON Schema beside decoding without, the same prompts in turn; both to the same length. */
public final class ConstrainedBench implements Measurement {
    private static final List<String> NAMES = List.of("Amara", "Bo", "Chidi", "Dana", "Emil", "Farah", "Goran", "Hana");

    /** A list that a completion cannot reach the end of, so that its length is the wanted one. */
    private static final OutputConstraint PEOPLE = new OutputConstraint.JsonSchema("""
            {"type": "array", "minItems": 100000, "items": {"type": "object",
              "properties": {"name": {"type": "string", "maxLength": 40}, "age": {"type": "integer"},
                "email": {"type": "string", "maxLength": 40}, "status": {"enum": ["new", "active", "gone"]},
                "tags": {"type": "array", "maxItems": 3, "items": {"type": "string", "maxLength": 20}}},
              "required": ["name", "age", "email", "status", "tags"], "additionalProperties": false}}""");

    private static final int PROMPT_TOKENS = 128; // the longest prompt below has less, whatever the tokenizer

    private final BenchSettings settings;

    public ConstrainedBench(BenchSettings settings) {
        this.settings = settings;
    }

    @Override
    public void run(Engines engines, BenchReport report) throws InterruptedException {
        int context = PROMPT_TOKENS + settings.completionTokens();
        try (GenerationEngine engine = engines.open(BenchSettings.engine(settings.slots(), context))) {
            for (int requests : settings.concurrency()) {
                report.add(measure(engine, requests));
            }
        }
    }

    private Result measure(GenerationEngine engine, int concurrency) throws InterruptedException {
        int rounds = settings.rounds();
        double[] free = new double[rounds];
        double[] constrained = new double[rounds];
        double[] ratios = new double[rounds];
        for (int round = -1; round < rounds; round++) { // the first warms up
            double without = decode(engine, concurrency, round, null);
            double with = decode(engine, concurrency, round, PEOPLE);
            if (round >= 0) {
                free[round] = without;
                constrained[round] = with;
                ratios[round] = with / without;
            }
        }
        Spread ratio = Spread.of(ratios);
        return new Result("constrained", engine.model())
                .with("concurrency", concurrency)
                .with("max_tokens", settings.completionTokens())
                .with("constrained_tokens_per_second", Spread.of(constrained))
                .with("unconstrained_tokens_per_second", Spread.of(free))
                .with("ratio", ratio)
                .says(
                        "decoding under a JSON Schema, %d requests: %s tokens/s; without %s; ratio %s",
                        concurrency,
                        Spread.of(constrained).text(1),
                        Spread.of(free).text(1),
                        ratio.decimals());
    }

    private double decode(GenerationEngine engine, int concurrency, int round, @Nullable OutputConstraint constraint)
            throws InterruptedException {
        SamplingParams sampling = SamplingParams.builder()
                .temperature(0)
                .ignoreEos(true)
                .maxTokens(settings.completionTokens())
                .constraint(constraint)
                .build();
        List<GenerationRequest> requests = IntStream.range(0, concurrency)
                .mapToObj(i -> GenerationRequest.of("bench-" + i, prompt(concurrency * (round + 1) + i), sampling))
                .toList();
        return Burst.run(engine, requests).sumOfDecodeSpeeds();
    }

    private static Prompt prompt(int number) {
        return new Prompt.Text("Customer file " + number + " as JSON. The first customer is "
                + NAMES.get(number % NAMES.size()) + ", aged " + (20 + number % 60) + ", and all the others follow.\n");
    }
}
