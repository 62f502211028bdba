package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.GenerationEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The engine's speed at some concurrency, through its public door: decoding, prompts, and both. */
public final class EngineBench implements Measurement {
    private static final Duration MOST_WARM_UP = Duration.ofSeconds(60);

    private static final String ROW = "%8s  %22s  %22s  %22s  %22s";

    private final BenchSettings settings;
    private long nextPrompt;

    public EngineBench(BenchSettings settings) {
        this.settings = settings;
    }

    @Override
    public void run(Engines engines, BenchReport report) throws InterruptedException {
        try (GenerationEngine engine = engines.open(settings.engine())) {
            Workload workload = settings.workload(engine.model());
            report.heading(
                    "Prompts of " + workload.promptTokens() + " tokens, completions of " + workload.completionTokens(),
                    ROW.formatted(
                            "requests",
                            "decode tokens/s",
                            "prefill tokens/s",
                            "end to end tokens/s",
                            "first token ms"));
            warmUp(engine, workload);
            for (int requests : settings.concurrency()) {
                report.add(measure(engine, workload, requests));
            }
        }
    }

    private void warmUp(GenerationEngine engine, Workload workload) throws InterruptedException {
        WarmUp.repeat(WarmUp.COMPILED, MOST_WARM_UP, () -> {
            for (int requests : settings.concurrency()) {
                burst(engine, workload, requests);
            }
        });
    }

    private Result measure(GenerationEngine engine, Workload workload, int concurrency) throws InterruptedException {
        Workload prompts = workload.withCompletionTokens(1);
        burst(engine, prompts, concurrency);
        burst(engine, workload, concurrency);
        List<Burst> prefills = new ArrayList<>();
        List<Burst> whole = new ArrayList<>();
        for (int round = 0; round < settings.rounds(); round++) {
            prefills.add(burst(engine, prompts, concurrency));
            whole.add(burst(engine, workload, concurrency));
        }
        double prompt = (double) concurrency * workload.promptTokens();
        double completion = (double) concurrency * workload.completionTokens();
        Spread decode = spread(whole, Burst::decodeTokensPerSecond);
        Spread prefill = spread(prefills, burst -> prompt / burst.duration());
        Spread endToEnd = spread(whole, burst -> completion / burst.duration());
        Spread firstToken = spread(whole, burst -> Spread.quantile(burst.timesToFirstToken(), 0.5));
        return new Result("engine", engine.model())
                .with("concurrency", concurrency)
                .with(workload)
                .with("decode_tokens_per_second", decode)
                .with("prefill_tokens_per_second", prefill)
                .with("end_to_end_tokens_per_second", endToEnd)
                .with("median_time_to_first_token_seconds", firstToken)
                .with(
                        "max_time_to_first_token_seconds",
                        spread(whole, burst -> Spread.quantile(burst.timesToFirstToken(), 1)))
                .says(ROW, concurrency, decode.text(1), prefill.text(1), endToEnd.text(1), firstToken.text(1000));
    }

    private Burst burst(GenerationEngine engine, Workload shape, int requests) throws InterruptedException {
        Burst burst = Burst.run(engine, shape.requests(nextPrompt, requests));
        nextPrompt += requests;
        return burst;
    }

    private static Spread spread(List<Burst> bursts, ToDoubleFunction<Burst> figure) {
        return Spread.of(bursts.stream().mapToDouble(figure).toArray());
    }
}
