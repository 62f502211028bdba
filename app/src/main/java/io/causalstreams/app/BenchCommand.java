package io.causalstreams.app;

import io.causalstreams.app.internal.bench.BenchReport;
import io.causalstreams.app.internal.bench.EngineBench;
import io.causalstreams.app.internal.bench.KafkaBench;
import io.causalstreams.app.internal.bench.Workload;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How fast the engine is here. */
@Command(
        name = "bench",
        description = {
            "Measures the engine on this machine, through the same door as everybody else.",
            "Prompts are random tokens, decoding is greedy and does not end early; no prefix is reused."
        },
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    private static final String CONCURRENCY = "--concurrency";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final EngineOptions engineOptions = new EngineOptions();

    @Option(
            names = CONCURRENCY,
            paramLabel = "N",
            split = ",",
            defaultValue = "1,8,16,32",
            description = "Requests at once, measured one after the other; default ${DEFAULT-VALUE}.")
    private List<Integer> concurrency = List.of();

    @Option(
            names = "--prompt-tokens",
            paramLabel = "N",
            defaultValue = "64",
            description = "Length of a prompt; default ${DEFAULT-VALUE}.")
    private int promptTokens;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "64",
            description = "Length of a completion; default ${DEFAULT-VALUE}.")
    private int maxTokens;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often each is measured; default ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--kafka",
            description = "Measure also from the prompts topic to committed completions, on a broker in this process.")
    private boolean kafka;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        require(!concurrency.isEmpty() && concurrency.stream().allMatch(n -> n >= 1), CONCURRENCY);
        require(promptTokens >= 1, "--prompt-tokens");
        require(maxTokens >= 1, "--max-tokens");
        require(rounds >= 1, "--rounds");
        Progress progress = Progress.ofStderr();
        try (GenerationEngine engine = engineOptions.open(model.directory(progress), config(), progress)) {
            Workload workload =
                    new Workload(promptTokens, maxTokens, engine.model().vocabularySize());
            BenchReport report = new BenchReport(System.out, json, engine.model(), workload, rounds);
            report.header();
            EngineBench bench = new EngineBench(engine, workload, rounds);
            for (int requests : concurrency) {
                report.engine(requests, bench.run(requests));
            }
            if (kafka) {
                throughKafka(engine, workload, report, progress);
            }
            report.footer(engine.stats().kvCacheBytes());
        }
        return 0;
    }

    private void throughKafka(GenerationEngine engine, Workload workload, BenchReport report, Progress progress)
            throws InterruptedException {
        progress.note("Starting a broker in this process…");
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            KafkaConnection connection = KafkaConnection.of(broker.bootstrapServers(), null);
            try (KafkaBench bench = KafkaBench.start(
                    engine,
                    connection,
                    KafkaOptions.operatorConfig(connection),
                    EmbeddedBroker.DEFAULT_PARTITIONS,
                    workload,
                    rounds)) {
                for (int requests : concurrency) {
                    report.kafka(requests, bench.run(requests));
                }
            }
        }
    }

    /** As many slots as requests and as much context as they need, no reuse and no guessing, unless the user says else. */
    private EngineConfig config() {
        int most = concurrency.stream().mapToInt(Integer::intValue).max().orElseThrow();
        return EngineConfig.defaults()
                .withSlots(most)
                .withMaxContextTokens(Math.max(8, promptTokens + maxTokens))
                .withMaxWaiting(Math.max(1024, most))
                .withPrefixCacheTokens(0)
                .withSpeculation(false);
    }

    private void require(boolean holds, String option) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), option + " must be at least 1");
        }
    }
}
