package io.causalstreams.app;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.Topics;
import io.causalstreams.app.internal.models.CacheDirectory;
import io.causalstreams.export.internal.adapter.LoraConfig;
import io.causalstreams.learning.FineTuner;
import io.causalstreams.learning.FirstTokens;
import io.causalstreams.learning.LearningLoop;
import io.causalstreams.learning.LearningSettings;
import io.causalstreams.topology.CausalStreamsConfig;
import io.causalstreams.topology.ValueFormat;
import io.causalstreams.topology.adapter.AdapterSignature;
import io.causalstreams.tuning.TuningOptions;
import io.causalstreams.tuning.internal.model.FrozenStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Learning from corrections beside serving. */
final class LearnOptions {
    private static final long MEBI = 1L << 20;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec command;

    @ArgGroup(exclusive = false)
    private @Nullable Loop loop;

    /** One loop. */
    static final class Loop {
        @Option(
                names = "--learn",
                paramLabel = "NAME",
                required = true,
                description =
                        "Tunes the adapter of this name on corrections of its answers, and publishes what is better to"
                                + " --adapters-topic.")
        private String name = "";

        @Option(
                names = "--learn-from",
                paramLabel = "TOPIC",
                defaultValue = "corrections",
                description =
                        "Corrections: {\"id\": …} of the request and \"completion\", \"label\" or \"accepted\"; default"
                                + " ${DEFAULT-VALUE}.")
        private String corrections = "corrections";

        @Option(
                names = "--learn-reports",
                paramLabel = "TOPIC",
                defaultValue = "learning",
                description = "Reports of rounds; default ${DEFAULT-VALUE}.")
        private String reports = "learning";

        @Option(
                names = "--learn-store",
                paramLabel = "DIR",
                required = true,
                description = "For published adapters, where all who serve can read them.")
        private Path store = Path.of("");

        @Option(
                names = "--learn-work",
                paramLabel = "DIR",
                description = "For rounds that run, so that they go on after a restart; default in the user's cache.")
        private @Nullable Path work;

        @Option(
                names = "--learn-records",
                paramLabel = "N",
                defaultValue = "200",
                description = "Records of a round; default ${DEFAULT-VALUE}.")
        private int records = 200;

        @Option(
                names = "--learn-minutes",
                paramLabel = "N",
                defaultValue = "60",
                description = "After which a round begins with fewer; default ${DEFAULT-VALUE}.")
        private double minutes = 60;

        @Option(
                names = "--learn-share",
                paramLabel = "SHARE",
                defaultValue = "0.15",
                description = "Of the time that a round works on one core while requests run, above 0 to 1; default"
                        + " ${DEFAULT-VALUE}.")
        private double share = 0.15;

        @Option(
                names = "--learn-epochs",
                paramLabel = "N",
                defaultValue = "3",
                description = "How often a round sees its records; default ${DEFAULT-VALUE}.")
        private double epochs = 3;

        @Option(
                names = "--learn-rate",
                paramLabel = "RATE",
                defaultValue = "2e-4",
                description = "The learning rate at its highest; default ${DEFAULT-VALUE}.")
        private double learningRate = 2e-4;

        @Option(
                names = "--learn-rank",
                paramLabel = "N",
                defaultValue = "16",
                description = "Of the first adapter; later ones are like it; default ${DEFAULT-VALUE}.")
        private int rank = 16;

        @Option(
                names = "--learn-sign",
                paramLabel = "FILE,FILE",
                split = ",",
                description = "Private and public key (Ed25519) with which adapters are signed.")
        private List<Path> keys = List.of();
    }

    boolean isOn() {
        return loop != null;
    }

    /** Checks what was said of the loop, before anything is loaded. @throws ParameterException naming the option and its range */
    void check() {
        if (loop == null) {
            return;
        }
        require(loop.records >= 1, "--learn-records", loop.records, "1 or more");
        require(loop.minutes > 0, "--learn-minutes", loop.minutes, "greater than 0");
        require(loop.share > 0 && loop.share <= 1, "--learn-share", loop.share, "greater than 0 and at most 1");
        require(loop.epochs > 0, "--learn-epochs", loop.epochs, "greater than 0");
        require(loop.learningRate > 0, "--learn-rate", loop.learningRate, "greater than 0");
        require(loop.rank >= 1, "--learn-rank", loop.rank, "1 or more");
        require(
                loop.keys.isEmpty() || loop.keys.size() == 2,
                "--learn-sign",
                loop.keys,
                "two files: the private key and the public key");
    }

    private void require(boolean holds, String option, Object value, String range) {
        if (!holds) {
            throw new ParameterException(command.commandLine(), option + " is " + value + "; it must be " + range);
        }
    }

    /** Starts the loop; null where none was asked for. */
    @Nullable
    LearningLoop start(
            KafkaConnection connection,
            CausalStreamsConfig config,
            FirstTokens engine,
            Path checkpoint,
            ValueFormat format)
            throws IOException {
        Loop asked = loop;
        if (asked == null) {
            return null;
        }
        LearningSettings.Topics topics = new LearningSettings.Topics(
                config.getString(CausalStreamsConfig.PROMPTS_TOPIC_CONFIG),
                config.getString(CausalStreamsConfig.COMPLETIONS_TOPIC_CONFIG),
                asked.corrections,
                config.getString(CausalStreamsConfig.ADAPTERS_TOPIC_CONFIG),
                asked.reports,
                format);
        Topics.createMissing(connection, List.of(asked.corrections, asked.reports));
        Path work = asked.work == null ? CacheDirectory.ofUser().root().resolve("learning") : asked.work;
        FineTuner.FineTunerSettings settings = new FineTuner.FineTunerSettings(
                checkpoint, work, asked.store, engine.model().name(), keys(asked.keys), options(asked));
        long patienceMs = Math.round(asked.minutes * 60_000);
        return LearningLoop.start(
                LearningSettings.of(asked.name, topics).withRounds(asked.records, Duration.ofMillis(patienceMs)),
                new FineTuner(settings, engine, asked.share),
                connection.properties());
    }

    private static TuningOptions options(Loop loop) {
        return new TuningOptions(
                new LoraConfig(loop.rank, 2.0 * loop.rank, false, List.of(LoraConfig.ALL_LINEAR)),
                FrozenStorage.FP32,
                new TuningOptions.Schedule(loop.epochs, 0, 16, loop.learningRate, 0.1, 0.01, 1, 0, 4, 0),
                1024,
                256,
                512 * MEBI,
                1,
                0);
    }

    private static FineTuner.@Nullable Keys keys(List<Path> files) {
        if (files.isEmpty()) {
            return null;
        }
        try {
            return new FineTuner.Keys(
                    AdapterSignature.privateKey(Files.readString(files.get(0))),
                    AdapterSignature.publicKey(Files.readString(files.get(1))));
        } catch (IOException | IllegalArgumentException e) {
            throw new AppException("--learn-sign: " + ErrorLine.of(e), e);
        }
    }
}
