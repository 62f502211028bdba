package io.causalstreams.app.internal.bench;

import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.inference.GenerationEngine;
import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The speed from the prompts topic to committed completions, exactly once, beside the speed of the same engine alone
 * with the same requests, in turn; every second round the engine is first.
 */
public final class KafkaBench implements Measurement {
    /** Requests a run has for each one in flight. */
    private static final int WAVES = 4;

    private static final Duration MOST_WARM_UP_OF_KAFKA = Duration.ofSeconds(60);
    private static final Duration MOST_WARM_UP = Duration.ofMinutes(2);

    private final BenchSettings settings;
    private final BenchBroker broker;
    private final Progress progress;
    private long nextPrompt;

    public KafkaBench(BenchSettings settings, BenchBroker broker, Progress progress) {
        this.settings = settings;
        this.broker = broker;
        this.progress = progress;
    }

    @Override
    public void run(Engines engines, BenchReport report) throws InterruptedException {
        try (GenerationEngine engine = engines.open(settings.engine())) {
            Workload workload = settings.workload(engine.model());
            warmUpKafka(engine, workload);
            try (BenchTopology topology = BenchTopology.start(engine, broker, StreamsConfig.EXACTLY_ONCE_V2);
                    KafkaTarget kafka = new KafkaTarget(topology, workload, null)) {
                for (int inFlight : settings.concurrency()) {
                    Rounds rounds = measure(new EngineTarget(engine, workload), kafka, topology, inFlight);
                    report.add(rounds.result(new Result("kafka", engine.model()), workload, inFlight));
                }
            }
        }
    }

    /** Broker, clients and Kafka Streams are much code, of which a model's pace would run little in a minute. */
    private void warmUpKafka(GenerationEngine engine, Workload workload) throws InterruptedException {
        int inFlight = Collections.max(settings.concurrency());
        try (GenerationEngine rapid = new PacedEngine(engine, inFlight * PacedEngine.RAPID);
                BenchTopology topology = BenchTopology.start(rapid, broker, StreamsConfig.EXACTLY_ONCE_V2);
                KafkaTarget kafka = new KafkaTarget(topology, workload, null)) {
            warmUp("behind an engine without a model", MOST_WARM_UP_OF_KAFKA, () -> run(kafka, inFlight, inFlight));
        }
    }

    private Rounds measure(EngineTarget engine, KafkaTarget kafka, BenchTopology topology, int inFlight)
            throws InterruptedException {
        warmUp("with " + inFlight + " in flight", MOST_WARM_UP, () -> {
            run(kafka, inFlight, inFlight);
            run(engine, inFlight, inFlight);
        });
        int requests = inFlight * WAVES;
        Rounds rounds = new Rounds(settings.rounds(), requests);
        TopicBytes before = topology.bytes();
        for (int round = 0; round < settings.rounds(); round++) {
            boolean engineFirst = round % 2 == 0;
            double first = engineFirst ? run(engine, inFlight, requests) : 0;
            rounds.kafkaSeconds[round] = rounds.timed(() -> run(kafka, inFlight, requests));
            rounds.engineSeconds[round] = engineFirst ? first : run(engine, inFlight, requests);
            progress.note(String.format(
                    Locale.ROOT,
                    "%d in flight, round %d of %d: %.1f s through Kafka, %.1f s alone",
                    inFlight,
                    round + 1,
                    settings.rounds(),
                    rounds.kafkaSeconds[round],
                    rounds.engineSeconds[round]));
        }
        rounds.bytes = topology.bytes().since(before);
        return rounds;
    }

    private void warmUp(String how, Duration most, WarmUp.Work work) throws InterruptedException {
        double share = WarmUp.repeat(WarmUp.COMPILED, most, work);
        progress.note(
                String.format(Locale.ROOT, "Warmed up %s; the JVM compiles for %.0f %% of the time", how, share * 100));
    }

    /** @return seconds */
    private double run(InFlight.Target target, int inFlight, int requests) throws InterruptedException {
        double seconds = new InFlight(target).run(inFlight, requests, nextPrompt);
        nextPrompt += requests;
        return seconds;
    }

    /** What was measured so far. */
    private final class Rounds {
        private final int requests;
        private final double[] kafkaSeconds;
        private final double[] engineSeconds;
        private final ThreadTimes operatorThreads = ThreadTimes.ofKafkaStreams();
        private final ThreadTimes brokerThreads = ThreadTimes.of(broker.threads());
        private final CompilerTime compiler = new CompilerTime();
        private double compilerSeconds;
        private double operatorCpu;
        private double brokerCpu;
        private TopicBytes bytes = new TopicBytes(0, 0, 0);

        Rounds(int rounds, int requests) {
            this.requests = requests;
            this.kafkaSeconds = new double[rounds];
            this.engineSeconds = new double[rounds];
        }

        double timed(Run run) throws InterruptedException {
            operatorThreads.takeSeconds();
            brokerThreads.takeSeconds();
            compiler.takeSeconds();
            double seconds = run.seconds();
            compilerSeconds += compiler.takeSeconds();
            operatorCpu += operatorThreads.takeSeconds();
            brokerCpu += brokerThreads.takeSeconds();
            return seconds;
        }

        Result result(Result result, Workload workload, int inFlight) {
            int rounds = kafkaSeconds.length;
            double[] ratios = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                ratios[round] = engineSeconds[round] / kafkaSeconds[round];
            }
            double tokens = (double) requests * workload.completionTokens();
            Spread completions = per(requests, kafkaSeconds);
            Spread kafka = per(tokens, kafkaSeconds);
            Spread engine = per(tokens, engineSeconds);
            Spread ratio = Spread.of(ratios);
            double thousands = rounds * tokens / 1000;
            return result.with("concurrency", inFlight)
                    .with(workload)
                    .with("broker_in_this_process", broker.isInThisProcess())
                    .with("completions_per_second", completions)
                    .with("completion_tokens_per_second", kafka)
                    .with("engine_alone_tokens_per_second", engine)
                    .with("ratio", ratio)
                    .with("operator_cpu_seconds_per_1000_tokens", operatorCpu / thousands)
                    .with("broker_cpu_seconds_per_1000_tokens", brokerCpu / thousands)
                    .with("compiler_seconds_per_1000_tokens", compilerSeconds / thousands)
                    .with("prompt_bytes_per_request", (double) bytes.prompts() / rounds / requests)
                    .with("journal_bytes_per_1000_tokens", bytes.journal() / thousands)
                    .with("output_bytes_per_1000_tokens", bytes.outputs() / thousands)
                    .says(
                            "%d in flight, exactly once, %s: %s completions/s, %s tokens/s; the engine alone with the"
                                    + " same requests %s tokens/s; ratio %s; CPU per 1000 tokens: operator %.0f ms,"
                                    + " broker %s; the JVM compiled for %.0f ms; on the broker, bytes per 1000 tokens:"
                                    + " journal %.0f, events %.0f",
                            inFlight,
                            broker.place(),
                            completions.decimals(),
                            kafka.text(1),
                            engine.text(1),
                            ratio.decimals(),
                            operatorCpu / thousands * 1000,
                            broker.isInThisProcess()
                                    ? String.format(Locale.ROOT, "%.0f ms", brokerCpu / thousands * 1000)
                                    : "elsewhere",
                            compilerSeconds / thousands * 1000,
                            bytes.journal() / thousands,
                            bytes.outputs() / thousands);
        }

        private static Spread per(double work, double[] seconds) {
            double[] speeds = new double[seconds.length];
            for (int round = 0; round < seconds.length; round++) {
                speeds[round] = work / seconds[round];
            }
            return Spread.of(speeds);
        }
    }

    private interface Run {
        double seconds() throws InterruptedException;
    }
}
