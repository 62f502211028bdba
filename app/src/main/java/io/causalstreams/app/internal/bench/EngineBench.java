package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.GenerationEngine;
import java.util.ArrayList;
import java.util.List;

/** The engine's speed at some concurrency, through its public door. */
public final class EngineBench {
    private final GenerationEngine engine;
    private final Workload workload;
    private final int rounds;
    private long nextPrompt;

    /** @param rounds measured; one more before them warms up */
    public EngineBench(GenerationEngine engine, Workload workload, int rounds) {
        this.engine = engine;
        this.workload = workload;
        this.rounds = rounds;
    }

    /**
     * What was measured, over the rounds; tokens per second of all requests together, times in seconds.
     *
     * @param decode while all requests decode; NaN where the completions are too short for that
     * @param prefill prompts only, until each has its first token
     * @param endToEnd completion tokens over the whole time, prefill included
     * @param medianFirstToken of each round's requests, which all arrive at once
     * @param lastFirstToken the round's slowest
     */
    public record Figures(
            Spread decode, Spread prefill, Spread endToEnd, Spread medianFirstToken, Spread lastFirstToken) {}

    /** Measures {@code concurrency} requests at once. */
    public Figures run(int concurrency) throws InterruptedException {
        Workload prompts = workload.withCompletionTokens(1);
        burst(prompts, concurrency);
        burst(workload, concurrency);
        List<Burst> prefills = new ArrayList<>();
        List<Burst> whole = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            prefills.add(burst(prompts, concurrency));
            whole.add(burst(workload, concurrency));
        }
        double prompt = (double) concurrency * workload.promptTokens();
        double completion = (double) concurrency * workload.completionTokens();
        return new Figures(
                spread(whole, Burst::decodeTokensPerSecond),
                spread(prefills, burst -> prompt / burst.duration()),
                spread(whole, burst -> completion / burst.duration()),
                spread(whole, burst -> Spread.quantile(burst.timesToFirstToken(), 0.5)),
                spread(whole, burst -> Spread.quantile(burst.timesToFirstToken(), 1)));
    }

    private Burst burst(Workload shape, int requests) throws InterruptedException {
        Burst burst = Burst.run(engine, shape, requests, nextPrompt);
        nextPrompt += requests;
        return burst;
    }

    private static Spread spread(List<Burst> bursts, java.util.function.ToDoubleFunction<Burst> figure) {
        return Spread.of(bursts.stream().mapToDouble(figure).toArray());
    }
}
