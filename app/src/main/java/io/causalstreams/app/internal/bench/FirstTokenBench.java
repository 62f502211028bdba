package io.causalstreams.app.internal.bench;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.inference.GenerationEngine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Time to first token of requests that arrive at random while others decode. */
public final class FirstTokenBench implements Measurement {
    /** A background request is so many times longer, so that few of them begin anew during a round. */
    private static final int BACKGROUND_LENGTH = 4;

    private final BenchSettings settings;
    private final Arrivals arrivals;

    public FirstTokenBench(BenchSettings settings, Arrivals arrivals) {
        this.settings = settings;
        this.arrivals = arrivals;
    }

    @Override
    public void run(Engines engines, BenchReport report) throws InterruptedException {
        int background = settings.completionTokens() * BACKGROUND_LENGTH;
        int slots = arrivals.count() + arrivals.decoding();
        try (GenerationEngine engine =
                engines.open(BenchSettings.engine(slots, settings.promptTokens() + background))) {
            Workload workload = settings.workload(engine.model());
            long nextPrompt = 0;
            double[][] rounds = new double[settings.rounds()][];
            for (int round = -1; round < rounds.length; round++) { // the first warms up
                try (BackgroundLoad load = BackgroundLoad.start(
                        engine,
                        workload.withCompletionTokens(background),
                        arrivals.decoding(),
                        nextPrompt + (1L << 32))) {
                    double[] times = timesToFirstToken(engine, workload, nextPrompt, Math.max(0, round));
                    load.requireUnbroken();
                    if (round >= 0) {
                        rounds[round] = times;
                    }
                }
                nextPrompt += slots * 100L;
            }
            report.add(result(new Result("first_token", engine.model()), workload, rounds));
        }
    }

    /** Seconds from each request's submission. */
    private double[] timesToFirstToken(GenerationEngine engine, Workload workload, long firstPrompt, int round)
            throws InterruptedException {
        CountDownLatch open = new CountDownLatch(arrivals.count());
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Timeline> requests = new ArrayList<>();
        long start = System.nanoTime();
        double[] moments = arrivals.moments(round);
        for (int i = 0; i < moments.length; i++) {
            long wait = start + (long) (moments[i] * 1e9) - System.nanoTime();
            TimeUnit.NANOSECONDS.sleep(wait);
            Timeline request = new Timeline(workload.request(firstPrompt + i), System.nanoTime());
            requests.add(request);
            engine.generate(request.request())
                    .doFinally(signal -> open.countDown())
                    .subscribe(request::add, failure::set);
        }
        open.await();
        if (failure.get() != null) {
            throw new AppException(
                    "a request of the benchmark failed: " + failure.get().getMessage(), failure.get());
        }
        return requests.stream().mapToDouble(Timeline::first).toArray();
    }

    private Result result(Result result, Workload workload, double[][] rounds) {
        double[] all = Arrays.stream(rounds).flatMapToDouble(Arrays::stream).toArray();
        Spread median = quantile(rounds, 0.5);
        double p50 = Spread.quantile(all, 0.5);
        double p99 = Spread.quantile(all, 0.99);
        double max = Spread.quantile(all, 1);
        return result.with("arrivals", arrivals.count())
                .with("decoding", arrivals.decoding())
                .with("arrivals_per_second", arrivals.perSecond())
                .with("seed", arrivals.seed())
                .with(workload)
                .with("p50_seconds", p50)
                .with("p99_seconds", p99)
                .with("max_seconds", max)
                .with("p50_seconds_of_rounds", median)
                .with("p99_seconds_of_rounds", quantile(rounds, 0.99))
                .says(
                        "time to first token, %d requests arriving at random (%.1f a second, seed %d) while %d decode:"
                                + " p50 %.0f ms, p99 %.0f ms, max %.0f ms; p50 of the rounds %s ms",
                        arrivals.count(),
                        arrivals.perSecond(),
                        arrivals.seed(),
                        arrivals.decoding(),
                        p50 * 1000,
                        p99 * 1000,
                        max * 1000,
                        median.text(1000));
    }

    private static Spread quantile(double[][] rounds, double fraction) {
        return Spread.of(Arrays.stream(rounds)
                .mapToDouble(round -> Spread.quantile(round, fraction))
                .toArray());
    }
}
