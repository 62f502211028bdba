package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers that repeat their prompt, one request at a time, with and without prompt-lookup speculation, in turn; and
 * whether they are the same.
 */
public final class QuotingBench implements Measurement {
    private static final int PROMPT_TOKENS = 512; // the longest prompt has less, whatever the tokenizer
    private static final int COMPLETION_TOKENS = 160;

    private final int rounds;

    public QuotingBench(int rounds) {
        this.rounds = rounds;
    }

    @Override
    public void run(Engines engines, BenchReport report) throws InterruptedException {
        Map<String, Answers> plain = new LinkedHashMap<>();
        Map<String, Answers> speculated = new LinkedHashMap<>();
        ModelInfo model = null;
        for (int round = 0; round < rounds; round++) {
            model = answer(engines, false, plain);
            answer(engines, true, speculated);
        }
        if (model == null) {
            throw new IllegalArgumentException("no rounds");
        }
        for (String work : plain.keySet()) {
            report.add(result(model, work, List.of(plain.get(work)), List.of(speculated.get(work))));
        }
        report.add(result(model, "all", List.copyOf(plain.values()), List.copyOf(speculated.values())));
    }

    /** One engine at a time, so that neither has the other's memory beside it. */
    private static ModelInfo answer(Engines engines, boolean speculation, Map<String, Answers> answers)
            throws InterruptedException {
        try (GenerationEngine engine = engines.open(
                BenchSettings.engine(1, PROMPT_TOKENS + COMPLETION_TOKENS).withSpeculation(speculation))) {
            ask(engine, "warm up", QuotingPrompts.all().values().iterator().next());
            for (Map.Entry<String, String> prompt : QuotingPrompts.all().entrySet()) {
                Timeline timeline = ask(engine, prompt.getKey(), prompt.getValue());
                answers.computeIfAbsent(prompt.getKey(), work -> new Answers()).add(timeline);
            }
            return engine.model();
        }
    }

    private static Timeline ask(GenerationEngine engine, String id, String message) throws InterruptedException {
        Prompt prompt = engine.model().chatTemplate()
                ? new Prompt.Chat(List.of(new Prompt.Message("user", message)))
                : new Prompt.Text(message);
        SamplingParams sampling = SamplingParams.greedy(COMPLETION_TOKENS);
        return Burst.run(engine, List.of(GenerationRequest.of(id, prompt, sampling)))
                .requests()
                .get(0);
    }

    /** The answers to one prompt, round by round. */
    private static final class Answers {
        private final List<Timeline> rounds = new ArrayList<>();

        void add(Timeline answer) {
            rounds.add(answer);
        }

        double decodeSeconds(int round) {
            return rounds.get(round).last() - rounds.get(round).first();
        }

        int decodedTokens(int round) {
            return rounds.get(round).tokens().size() - 1;
        }

        boolean sameAs(Answers other) {
            List<Integer> first = rounds.get(0).tokens();
            return rounds.stream().allMatch(each -> each.tokens().equals(first))
                    && other.rounds.stream().allMatch(each -> each.tokens().equals(first));
        }
    }

    private Result result(ModelInfo model, String work, List<Answers> plain, List<Answers> speculated) {
        double[] without = new double[rounds];
        double[] with = new double[rounds];
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            without[round] = decodeTokensPerSecond(plain, round);
            with[round] = decodeTokensPerSecond(speculated, round);
            ratios[round] = with[round] / without[round];
        }
        long same = 0;
        for (int i = 0; i < plain.size(); i++) {
            same += plain.get(i).sameAs(speculated.get(i)) ? 1 : 0;
        }
        int tokens = plain.stream().mapToInt(each -> each.decodedTokens(0) + 1).sum();
        Spread ratio = Spread.of(ratios);
        return new Result("quoting", model)
                .with("work", work)
                .with("tokens", tokens)
                .with("speculated_tokens_per_second", Spread.of(with))
                .with("plain_tokens_per_second", Spread.of(without))
                .with("ratio", ratio)
                .with("identical", same == plain.size())
                .says(
                        "quoting work, %s, one request, %d tokens: %s tokens/s with speculation; without %s; ratio %s;"
                                + " answers %s",
                        work,
                        tokens,
                        Spread.of(with).text(1),
                        Spread.of(without).text(1),
                        ratio.decimals(),
                        same == plain.size() ? "identical" : "DIFFER (" + same + " of " + plain.size() + " identical)");
    }

    private static double decodeTokensPerSecond(List<Answers> answers, int round) {
        double seconds =
                answers.stream().mapToDouble(each -> each.decodeSeconds(round)).sum();
        int tokens =
                answers.stream().mapToInt(each -> each.decodedTokens(round)).sum();
        return tokens / seconds;
    }
}
