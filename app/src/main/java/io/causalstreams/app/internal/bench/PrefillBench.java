package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.GenerationEngine;
import java.util.Collections;
import java.util.List;

/** One prompt alone, until its first token. */
public final class PrefillBench implements Measurement {
    private final List<Integer> lengths;
    private final int rounds;

    /** @param lengths of the prompts, tokens */
    public PrefillBench(List<Integer> lengths, int rounds) {
        this.lengths = lengths;
        this.rounds = rounds;
    }

    @Override
    public void run(Engines engines, BenchReport report) throws InterruptedException {
        try (GenerationEngine engine = engines.open(BenchSettings.engine(1, Collections.max(lengths) + 1))) {
            for (int length : lengths) {
                report.add(measure(engine, length));
            }
        }
    }

    private Result measure(GenerationEngine engine, int length) throws InterruptedException {
        Workload workload = new Workload(length, 1, engine.model().vocabularySize());
        double[] speeds = new double[rounds];
        for (int round = -1; round < rounds; round++) { // the first warms up
            Burst burst = Burst.run(engine, workload.requests(round, 1));
            if (round >= 0) {
                speeds[round] = length / burst.duration();
            }
        }
        Spread speed = Spread.of(speeds);
        return new Result("prefill", engine.model())
                .with("prompt_tokens", length)
                .with("prefill_tokens_per_second", speed)
                .says("prefill of %d tokens, one request: %s tokens/s", length, speed.text(1));
    }
}
