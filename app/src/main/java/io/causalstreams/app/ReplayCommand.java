package io.causalstreams.app;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.RecordedTopics;
import io.causalstreams.app.internal.models.ModelSource;
import io.causalstreams.app.internal.models.ModelStore;
import io.causalstreams.app.internal.replay.RecordedPrompt;
import io.causalstreams.app.internal.replay.Replay;
import io.causalstreams.app.internal.replay.ReplayReport;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.topology.event.UnreadablePromptException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Would another adapter have answered better? */
@Command(
        name = "replay",
        description =
                "Asks recorded prompts of two adapters, and reports where they differ and how probable the recorded"
                        + " answers are with each.",
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
    private static final String BASE = "base";

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final EngineOptions engineOptions = new EngineOptions();

    @Mixin
    private final KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private final ValueFormatOption values = new ValueFormatOption();

    @Option(
            names = "--prompts",
            paramLabel = "FILE",
            description =
                    "Prompt events, or records as 'tune' reads them, one to a line; default: the topics of prompts and"
                            + " completions.")
    private @Nullable Path prompts;

    @Option(
            names = "--adapter",
            paramLabel = "DIR",
            required = true,
            description = "An adapter, or 'base' for the model alone.")
    private String adapter = BASE;

    @Option(
            names = "--against",
            paramLabel = "DIR",
            defaultValue = BASE,
            description = "Another, or 'base' for the model alone, the default.")
    private String against = BASE;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Prompts, the last; default ${DEFAULT-VALUE}.")
    private int limit;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Every prompt with both answers and scores, one to a line.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException {
        Progress progress = Progress.ofStderr();
        if (model.source() instanceof ModelSource.Exported exported) {
            throw new AppException(exported.label() + " is exported already; name the checkpoint it was made from");
        }
        List<RecordedPrompt> recorded = recorded();
        if (recorded.isEmpty()) {
            throw new AppException("there are no recorded prompts; give some with --prompts, or topics with answers");
        }
        ModelStore store = ModelStore.ofUser(progress);
        Path directory = store.adaptableDirectory(model.source(), model.precision());
        EngineConfig config = engineOptions.config(EngineConfig.defaults());
        try (GenerationEngine engine = EngineUntilExit.of(EngineOptions.load(directory, config, progress));
                PrintStream details = details()) {
            String first = load(engine, store, "adapter", adapter, directory);
            String second = load(engine, store, "against", against, directory);
            Replay replay = new Replay(engine, first, second, config.slots());
            ReplayReport report = replay.run(recorded, each -> show(each, details));
            System.out.print(report.text(adapter, against));
            System.out.flush();
        }
        return 0;
    }

    private List<RecordedPrompt> recorded() throws IOException {
        if (prompts == null) {
            KafkaConnection connection = kafka.connection();
            return RecordedTopics.read(
                    connection, KafkaOptions.operatorConfig(connection), values.of(connection), limit);
        }
        List<RecordedPrompt> all = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(prompts)) {
            number++;
            try {
                if (!line.isBlank()) {
                    all.add(RecordedPrompt.read("line-" + number, line.getBytes(StandardCharsets.UTF_8)));
                }
            } catch (IllegalArgumentException | GenerationException | UnreadablePromptException e) {
                throw new AppException(prompts + ", line " + number + ": " + e.getMessage(), e);
            }
        }
        return all.subList(Math.max(0, all.size() - limit), all.size());
    }

    private @Nullable String load(GenerationEngine engine, ModelStore store, String name, String source, Path directory)
            throws IOException {
        if (source.equals(BASE)) {
            return null;
        }
        engine.loadAdapter(name, store.adapter(model.source(), Path.of(source), directory));
        return name;
    }

    private PrintStream details() throws IOException {
        return new PrintStream(
                json == null ? java.io.OutputStream.nullOutputStream() : Files.newOutputStream(json),
                false,
                StandardCharsets.UTF_8);
    }

    private static void show(Replay.Compared each, PrintStream details) {
        details.println(each.json());
    }
}
