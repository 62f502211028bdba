package io.causalstreams.app;

import io.causalstreams.app.internal.bench.Arrivals;
import io.causalstreams.app.internal.bench.BenchBroker;
import io.causalstreams.app.internal.bench.BenchSettings;
import io.causalstreams.app.internal.bench.ConstrainedBench;
import io.causalstreams.app.internal.bench.EngineBench;
import io.causalstreams.app.internal.bench.FirstTokenBench;
import io.causalstreams.app.internal.bench.HttpBench;
import io.causalstreams.app.internal.bench.KafkaBench;
import io.causalstreams.app.internal.bench.LatencyBench;
import io.causalstreams.app.internal.bench.Measurement;
import io.causalstreams.app.internal.bench.PacedEngine;
import io.causalstreams.app.internal.bench.PrefillBench;
import io.causalstreams.app.internal.bench.QuotingBench;
import io.causalstreams.app.internal.terminal.Progress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code bench} measures. */
final class BenchMeasurements {

    @Option(
            names = "--engine",
            description = "Decoding, prompts and both, at each --concurrency. Measured when nothing else is asked for.")
    private boolean engine;

    @Option(
            names = "--prefill",
            paramLabel = "TOKENS",
            split = ",",
            description = "One prompt alone, of each of these lengths.")
    private List<Integer> prefill = List.of();

    @Option(
            names = "--first-token",
            description = "Time to first token of requests that arrive at random while others decode.")
    private boolean firstToken;

    @Option(
            names = "--arrivals",
            paramLabel = "N",
            defaultValue = "16",
            description = "Requests that arrive; default ${DEFAULT-VALUE}.")
    private int arrivals;

    @Option(
            names = "--arrivals-per-second",
            paramLabel = "RATE",
            defaultValue = "4",
            description = "Their mean rate, a Poisson process; default ${DEFAULT-VALUE}.")
    private double arrivalsPerSecond;

    @Option(
            names = "--decoding",
            paramLabel = "N",
            defaultValue = "16",
            description = "Requests that decode meanwhile; default ${DEFAULT-VALUE}.")
    private int decoding;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the arrivals; default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--constrained", description = "Decoding under a JSON Schema beside decoding without.")
    private boolean constrained;

    @Option(
            names = "--quoting",
            description =
                    "Answers that repeat their prompt, with and without speculation, and whether they are the same.")
    private boolean quoting;

    @Option(
            names = "--kafka",
            description = "From the prompts topic to committed completions, exactly once, beside the engine alone.")
    private boolean kafka;

    @Option(
            names = "--latency",
            description = "From the engine's token to a reader of committed events, exactly once and at least once.")
    private boolean latency;

    @Option(
            names = "--http",
            description = "Streams through the HTTP door beside a reader of the topics with the same requests.")
    private boolean http;

    @Option(
            names = "--paced",
            paramLabel = "RATE",
            description = {
                "With --kafka or --http: in place of the model an engine that computes nothing and gives so many tokens a second,",
                "to see what the way takes. The model only reads the requests."
            })
    private @Nullable Double paced;

    boolean needBroker() {
        return kafka || latency || http;
    }

    boolean valid() {
        return prefill.stream().allMatch(length -> length >= 1)
                && arrivals >= 1
                && decoding >= 1
                && arrivalsPerSecond > 0
                && (paced == null || paced > 0);
    }

    List<Measurement> withoutBroker(BenchSettings settings) {
        List<Measurement> wanted = new ArrayList<>();
        boolean nothingElse = prefill.isEmpty() && !firstToken && !constrained && !quoting && !needBroker();
        if (engine || nothingElse) {
            wanted.add(new EngineBench(settings));
        }
        if (!prefill.isEmpty()) {
            wanted.add(new PrefillBench(prefill, settings.rounds()));
        }
        if (firstToken) {
            wanted.add(new FirstTokenBench(settings, new Arrivals(arrivals, arrivalsPerSecond, decoding, seed)));
        }
        if (constrained) {
            wanted.add(new ConstrainedBench(settings));
        }
        if (quoting) {
            wanted.add(new QuotingBench(settings.rounds()));
        }
        return wanted;
    }

    /** Engines as {@code engines} opens them, or in their place one at a pace. */
    Measurement.Engines paced(Measurement.Engines engines) {
        Double pace = paced;
        return pace == null ? engines : config -> new PacedEngine(engines.open(config), pace);
    }

    List<Measurement> onBroker(BenchSettings settings, BenchBroker broker, Progress progress) {
        List<Measurement> wanted = new ArrayList<>();
        if (kafka) {
            wanted.add(new KafkaBench(settings, broker, progress));
        }
        if (latency) {
            wanted.add(new LatencyBench(settings, broker, progress));
        }
        if (http) {
            wanted.add(new HttpBench(settings, broker, progress));
        }
        return wanted;
    }
}
