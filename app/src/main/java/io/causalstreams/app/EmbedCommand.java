package io.causalstreams.app;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.inference.Embedding;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.GenerationRequest.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;

/** Vectors of texts, without Kafka. */
@Command(
        name = "embed",
        description = {
            "Prints the vector of each text, one JSON object a line, in the order of the texts.",
            "The model is an encoder, or a decoder whose checkpoint has a modules.json."
        },
        mixinStandardHelpOptions = true)
final class EmbedCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final EngineOptions engineOptions = new EngineOptions();

    @Mixin
    private final TextLines texts = new TextLines();

    @Option(names = "--dimensions", paramLabel = "N", description = "Elements of the vector to keep; default all.")
    private @Nullable Integer dimensions;

    @Option(
            names = "--prompt-name",
            paramLabel = "NAME",
            description = "Which of the model's own prompts goes in front, such as query or document.")
    private @Nullable String promptName;

    @Option(names = "--truncate", description = "Cut texts that are too long instead of failing.")
    private boolean truncate;

    /** A line of the output. */
    record Line(int index, Embedding embedding) {}

    @Override
    public Integer call() throws IOException {
        List<String> all = texts.read();
        Progress progress = Progress.ofStderr();
        EngineConfig config = engineOptions.config(EngineConfig.defaults());
        try (GenerationEngine engine =
                EngineUntilExit.of(EngineOptions.load(model.directory(progress), config, progress))) {
            AtomicInteger index = new AtomicInteger();
            Flux.fromIterable(all)
                    .flatMapSequential(text -> vector(engine, text), config.slots() + config.maxWaiting())
                    .toStream()
                    .forEach(embedding -> print(new Line(index.getAndIncrement(), embedding)));
        }
        return 0;
    }

    private Flux<Embedding> vector(GenerationEngine engine, String text) {
        GenerationRequest request = GenerationRequest.embed(text)
                .withId("embed")
                .withTask(new Task.Embed(dimensions, promptName, truncate));
        return engine.generate(request)
                .ofType(Finished.class)
                .map(finished -> Objects.requireNonNull(finished.embedding()));
    }

    private static void print(Line line) {
        try {
            System.out.println(JSON.writeValueAsString(line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
