package io.causalstreams.app;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.jsonl.JsonLinesRun;
import io.causalstreams.app.internal.models.ModelStore;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Text for one prompt, or a file of prompts, without Kafka. */
@Command(
        name = "generate",
        description = {
            "Generates without Kafka: streams the answer to one prompt, or answers a file of prompt events.",
            "With --input, every line that is not blank gets exactly one line of output, in the order of completion."
        },
        mixinStandardHelpOptions = true)
final class GenerateCommand implements Callable<Integer> {
    private static final String STANDARD_STREAM = "-";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final EngineOptions engineOptions = new EngineOptions();

    @Mixin
    private final AdapterOptions adapters = new AdapterOptions();

    @Mixin
    private final SamplingOptions sampling = new SamplingOptions();

    @Parameters(arity = "0..1", paramLabel = "PROMPT", description = "The user's message; '-' reads it from stdin.")
    private @Nullable String prompt;

    @Option(names = "--input", paramLabel = "FILE", description = "Prompt events, one JSON object a line; '-' = stdin.")
    private @Nullable String input;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Completion events, one a line; '-' = stdout (default).")
    private @Nullable String output;

    @Option(names = "--json", description = "Print the events of one prompt as JSON lines instead of text.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if ((prompt == null) == (input == null)) {
            throw new ParameterException(spec.commandLine(), "give either a prompt or --input FILE");
        }
        if (input == null && output != null) {
            throw new ParameterException(spec.commandLine(), "--output goes with --input");
        }
        return input == null ? onePrompt(prompt == null ? "" : prompt) : lines(input, output == null ? "-" : output);
    }

    private int onePrompt(String prompt) throws IOException {
        sampling.params(); // before anything is loaded
        String text =
                prompt.equals(STANDARD_STREAM) ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8) : prompt;
        Progress progress = Progress.ofStderr();
        EngineConfig small = EngineConfig.defaults().withSlots(1);
        try (GenerationEngine engine = open(small, progress)) {
            GenerationRequest request = sampling.request(text, engine.model());
            new StreamedAnswer(engine, System.out, System.err, json).print(request.withAdapter(onlyAdapter(engine)));
        }
        return 0;
    }

    private int lines(String input, String output) throws IOException, InterruptedException {
        if (!input.equals(STANDARD_STREAM) && !Files.isReadable(Path.of(input))) {
            throw new AppException("--input " + input + ": there is no such file, or it cannot be read");
        }
        if (input.equals(output) && !input.equals(STANDARD_STREAM)) {
            throw new ParameterException(spec.commandLine(), "--input and --output are the same file");
        }
        Progress progress = Progress.ofStderr();
        try (InputStream in = input.equals(STANDARD_STREAM) ? System.in : Files.newInputStream(Path.of(input));
                OutputStream out = open(output);
                GenerationEngine engine = open(EngineConfig.defaults(), progress)) {
            EngineConfig config = engineOptions.config(EngineConfig.defaults());
            long start = System.nanoTime();
            JsonLinesRun.Summary done =
                    new JsonLinesRun(engine, config.slots() + config.maxWaiting(), Clock.systemUTC()).run(in, out);
            report(done, (System.nanoTime() - start) / 1e9);
        }
        return 0;
    }

    private GenerationEngine open(EngineConfig defaults, Progress progress) throws IOException {
        Path directory = model.directory(adapters, progress);
        GenerationEngine engine = EngineUntilExit.of(engineOptions.open(directory, defaults, progress));
        return adapters.loadedInto(engine, ModelStore.ofUser(progress), model.source(), directory);
    }

    /** What one prompt is answered with: an adapter that was given is meant. */
    private @Nullable String onlyAdapter(GenerationEngine engine) {
        if (engine.adapters().size() > 1) {
            throw new ParameterException(
                    spec.commandLine(), "one prompt is answered with one --adapter; several go with --input");
        }
        return engine.adapters().stream().findFirst().orElse(null);
    }

    private static OutputStream open(String output) throws IOException {
        return new BufferedOutputStream(
                output.equals(STANDARD_STREAM)
                        ? new java.io.FileOutputStream(java.io.FileDescriptor.out)
                        : Files.newOutputStream(Path.of(output)),
                1 << 16);
    }

    private static void report(JsonLinesRun.Summary done, double seconds) {
        System.err.printf(
                Locale.ROOT,
                "%d answered%s in %.1f s: %d prompt tokens, %d completion tokens (%.0f tokens/s)%n",
                done.answered(),
                done.failed() == 0 ? "" : ", " + done.failed() + " of them with an error,",
                seconds,
                done.promptTokens(),
                done.completionTokens(),
                done.completionTokens() / Math.max(seconds, 1e-3));
    }
}
