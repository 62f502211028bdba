package io.causalstreams.app.internal.bench;

import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.inference.GenerationEngine;
import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The speed of streams through the HTTP door, beside that of a reader of the topics with the same requests, in turn; every
 * second round the topics are first. Clients, door, operator and broker share the machine.
 */
public final class HttpBench implements Measurement {
    /** Requests a run has for each one in flight. */
    private static final int WAVES = 2;

    private static final Duration MOST_WARM_UP_OF_DOOR = Duration.ofSeconds(20);
    private static final Duration MOST_WARM_UP = Duration.ofMinutes(2);

    private final BenchSettings settings;
    private final BenchBroker broker;
    private final Progress progress;
    private long nextPrompt;

    public HttpBench(BenchSettings settings, BenchBroker broker, Progress progress) {
        this.settings = settings;
        this.broker = broker;
        this.progress = progress;
    }

    @Override
    public void run(Engines engines, BenchReport report) throws InterruptedException {
        try (GenerationEngine engine = engines.open(settings.engine())) {
            Workload workload = settings.workload(engine.model());
            int most = Collections.max(settings.concurrency());
            try (GenerationEngine rapid = new PacedEngine(engine, most * PacedEngine.RAPID);
                    Ways ways = new Ways(rapid, workload)) {
                warmUp("behind an engine without a model", MOST_WARM_UP_OF_DOOR, ways, most);
            }
            try (Ways ways = new Ways(engine, workload)) {
                for (int inFlight : settings.concurrency()) {
                    report.add(measure(ways, new Result("http", engine.model()), workload, inFlight));
                }
            }
        }
    }

    private void warmUp(String how, Duration most, Ways ways, int inFlight) throws InterruptedException {
        double share = WarmUp.repeat(WarmUp.COMPILED, most, () -> {
            run(ways.http, inFlight, inFlight);
            run(ways.topics, inFlight, inFlight);
        });
        progress.note(
                String.format(Locale.ROOT, "Warmed up %s; the JVM compiles for %.0f %% of the time", how, share * 100));
    }

    private Result measure(Ways ways, Result result, Workload workload, int inFlight) throws InterruptedException {
        warmUp("with " + inFlight + " in flight", MOST_WARM_UP, ways, inFlight);
        int requests = inFlight * WAVES;
        double tokens = (double) requests * workload.completionTokens();
        double[] http = new double[settings.rounds()];
        double[] topics = new double[settings.rounds()];
        double[] ratios = new double[settings.rounds()];
        for (int round = 0; round < settings.rounds(); round++) {
            boolean topicsFirst = round % 2 == 0;
            double before = topicsFirst ? run(ways.topics, inFlight, requests) : 0;
            double httpSeconds = run(ways.http, inFlight, requests);
            double topicsSeconds = topicsFirst ? before : run(ways.topics, inFlight, requests);
            http[round] = tokens / httpSeconds;
            topics[round] = tokens / topicsSeconds;
            ratios[round] = topicsSeconds / httpSeconds;
            progress.note(String.format(
                    Locale.ROOT,
                    "%d in flight, round %d of %d: %.1f s through HTTP, %.1f s by the topics",
                    inFlight,
                    round + 1,
                    settings.rounds(),
                    httpSeconds,
                    topicsSeconds));
        }
        return result.with("concurrency", inFlight)
                .with(workload)
                .with("broker_in_this_process", broker.isInThisProcess())
                .with("http_tokens_per_second", Spread.of(http))
                .with("topics_tokens_per_second", Spread.of(topics))
                .with("ratio", Spread.of(ratios))
                .says(
                        "%d streams over HTTP, %s: %s tokens/s; by the topics alone with the same requests %s tokens/s;"
                                + " ratio %s",
                        inFlight,
                        broker.place(),
                        Spread.of(http).text(1),
                        Spread.of(topics).text(1),
                        Spread.of(ratios).decimals());
    }

    /** Seconds. */
    private double run(InFlight.Target target, int inFlight, int requests) throws InterruptedException {
        double seconds = new InFlight(target).run(inFlight, requests, nextPrompt);
        nextPrompt += requests;
        return seconds;
    }

    /** Both ways to one operator. */
    private final class Ways implements AutoCloseable {
        private final BenchTopology topology;
        private final KafkaTarget topics;
        private final HttpTarget http;

        Ways(GenerationEngine engine, Workload workload) throws InterruptedException {
            topology = BenchTopology.start(engine, broker, StreamsConfig.EXACTLY_ONCE_V2);
            topics = new KafkaTarget(topology, workload, (event, readNanos) -> {});
            http = new HttpTarget(topology, engine, workload);
        }

        @Override
        public void close() {
            http.close();
            topics.close();
            topology.close();
        }
    }
}
