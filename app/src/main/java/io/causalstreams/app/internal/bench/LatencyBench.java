package io.causalstreams.app.internal.bench;

import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.event.TokenEvent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.apache.kafka.streams.StreamsConfig;

/** How long a token takes from the engine's callback to a reader of committed events. */
public final class LatencyBench implements Measurement {
    /** Requests of a run: so many for each one in flight, and at least a few. */
    private static final int WAVES = 2;

    private static final int FEW = 8;

    private final BenchSettings settings;
    private final BenchBroker broker;
    private final Progress progress;
    private long nextPrompt;

    public LatencyBench(BenchSettings settings, BenchBroker broker, Progress progress) {
        this.settings = settings;
        this.broker = broker;
        this.progress = progress;
    }

    @Override
    public void run(Engines engines, BenchReport report) throws InterruptedException {
        try (GenerationEngine engine = engines.open(settings.engine())) {
            for (String guarantee : List.of(StreamsConfig.EXACTLY_ONCE_V2, StreamsConfig.AT_LEAST_ONCE)) {
                measure(engine, guarantee, report);
            }
        }
    }

    private void measure(GenerationEngine engine, String guarantee, BenchReport report) throws InterruptedException {
        Workload workload = settings.workload(engine.model());
        TimedEngine timed = new TimedEngine(engine, workload.completionTokens());
        Latencies latencies = new Latencies(timed);
        try (BenchTopology topology = BenchTopology.start(timed, broker, guarantee);
                KafkaTarget kafka = new KafkaTarget(topology, workload, latencies)) {
            for (int inFlight : settings.concurrency()) {
                run(kafka, inFlight, FEW);
                latencies.takeMillis();
                double[][] rounds = new double[settings.rounds()][];
                for (int round = 0; round < rounds.length; round++) {
                    run(kafka, inFlight, Math.max(FEW, WAVES * inFlight));
                    rounds[round] = latencies.takeMillis();
                    progress.note(guarantee + ", " + inFlight + " in flight, round " + (round + 1) + " of "
                            + rounds.length + ": " + rounds[round].length + " tokens");
                }
                report.add(result(new Result("latency", engine.model()), workload, guarantee, inFlight, rounds));
            }
        }
    }

    private void run(KafkaTarget kafka, int inFlight, int requests) throws InterruptedException {
        new InFlight(kafka).run(inFlight, requests, nextPrompt);
        nextPrompt += requests;
    }

    private Result result(Result result, Workload workload, String guarantee, int inFlight, double[][] rounds) {
        Spread median = quantile(rounds, 0.5);
        Spread p99 = quantile(rounds, 0.99);
        double max = Arrays.stream(rounds).flatMapToDouble(Arrays::stream).max().orElseThrow();
        return result.with("guarantee", guarantee)
                .with("concurrency", inFlight)
                .with(workload)
                .with("broker_in_this_process", broker.isInThisProcess())
                .with(
                        "tokens",
                        Arrays.stream(rounds).mapToInt(round -> round.length).sum())
                .with("p50_milliseconds", median)
                .with("p99_milliseconds", p99)
                .with("max_milliseconds", max)
                .says(
                        "%s, %d in flight, %s: from the engine's token to a read_committed reader p50 %s ms, p99 %s ms,"
                                + " max %.0f ms",
                        guarantee, inFlight, broker.place(), median.text(1), p99.text(1), max);
    }

    private static Spread quantile(double[][] rounds, double fraction) {
        return Spread.of(Arrays.stream(rounds)
                .mapToDouble(round -> Spread.quantile(round, fraction))
                .toArray());
    }

    /** Threading: {@link #read} by the reading thread, {@link #takeMillis} by the measuring one. */
    private static final class Latencies implements KafkaTarget.OnTokens {
        private final TimedEngine engine;
        private DoubleStream.Builder millis = DoubleStream.builder();

        Latencies(TimedEngine engine) {
            this.engine = engine;
        }

        @Override
        public synchronized void read(TokenEvent event, long readNanos) {
            TokenEvent.Choice choice = event.choices().get(0);
            for (int i = 0; i < choice.tokenCount(); i++) {
                millis.add((readNanos - engine.emittedNanos(event.id(), choice.tokenIndex() + i)) / 1e6);
            }
        }

        synchronized double[] takeMillis() {
            double[] taken = millis.build().toArray();
            millis = DoubleStream.builder();
            return taken;
        }
    }
}
