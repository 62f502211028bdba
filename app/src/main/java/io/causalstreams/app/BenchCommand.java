package io.causalstreams.app;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.app.internal.bench.AdaptersInTurn;
import io.causalstreams.app.internal.bench.BenchBroker;
import io.causalstreams.app.internal.bench.BenchReport;
import io.causalstreams.app.internal.bench.BenchSettings;
import io.causalstreams.app.internal.bench.Measurement;
import io.causalstreams.app.internal.bench.ThreadTimes;
import io.causalstreams.app.internal.models.ModelStore;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
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
            "Prompts are random tokens, decoding is greedy and does not end early, no prefix is reused, except where the",
            "measurement is about just that. --kafka, --latency and --http start a broker in this process, which takes its share",
            "of the cores, unless --bootstrap-servers names one; there they use topics of their own and remove them."
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
    private final AdapterOptions adapters = new AdapterOptions();

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

    @Mixin
    private final BenchMeasurements measurements = new BenchMeasurements();

    @Mixin
    private final KafkaOptions kafka = new KafkaOptions();

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        require(
                !concurrency.isEmpty() && concurrency.stream().allMatch(n -> n >= 1),
                CONCURRENCY + " must be at least 1");
        require(promptTokens >= 1, "--prompt-tokens must be at least 1");
        require(maxTokens >= 1, "--max-tokens must be at least 1");
        require(rounds >= 1, "--rounds must be at least 1");
        require(measurements.valid(), "lengths, numbers and rates of requests must be above 0");
        BenchSettings settings = new BenchSettings(concurrency, promptTokens, maxTokens, rounds);
        Progress progress = Progress.ofStderr();
        Path directory = model.directory(adapters, progress);
        Measurement.Engines engines = config -> open(directory, config, progress);
        BenchReport report = new BenchReport(System.out, json, rounds);
        for (Measurement each : measurements.withoutBroker(settings)) {
            each.run(engines, report);
        }
        if (measurements.needBroker()) {
            onBroker(settings, measurements.paced(engines), report, progress);
        }
        report.footer();
        return 0;
    }

    private GenerationEngine open(Path directory, EngineConfig config, Progress progress) {
        GenerationEngine engine = EngineUntilExit.of(engineOptions.open(directory, config, progress));
        try {
            return AdaptersInTurn.of(
                    adapters.loadedInto(engine, ModelStore.ofUser(progress), model.source(), directory));
        } catch (IOException e) {
            throw new AppException("--adapter: " + ErrorLine.of(e), e);
        }
    }

    private void onBroker(BenchSettings settings, Measurement.Engines engines, BenchReport report, Progress progress)
            throws InterruptedException {
        if (kafka.namesBroker()) {
            BenchBroker broker = BenchBroker.elsewhere(kafka.connection());
            for (Measurement each : measurements.onBroker(settings, broker, progress)) {
                each.run(engines, report);
            }
            return;
        }
        progress.note("Starting a broker in this process…");
        Set<Long> ours = ThreadTimes.aliveWithout(Set.of());
        try (EmbeddedBroker embedded = EmbeddedBroker.start()) {
            BenchBroker broker =
                    new BenchBroker(kafka.connectionTo(embedded.bootstrapServers()), ThreadTimes.aliveWithout(ours));
            for (Measurement each : measurements.onBroker(settings, broker, progress)) {
                each.run(engines, report);
            }
        }
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), what);
        }
    }
}
