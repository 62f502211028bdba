package io.causalstreams.app;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.GenerationRequest.Task;
import io.causalstreams.inference.GenerationRequest.Task.Scoring;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Documents by how well they answer a query, without Kafka. */
@Command(
        name = "rerank",
        description = {
            "Prints documents by how well they answer a query, the best first: score, index, text.",
            "The model is a cross-encoder, or any that generates text, such as Qwen3-Reranker."
        },
        mixinStandardHelpOptions = true)
final class RerankCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final EngineOptions engineOptions = new EngineOptions();

    @Mixin
    private final TextLines documents = new TextLines();

    @Option(names = "--query", required = true, paramLabel = "TEXT", description = "What the documents are to answer.")
    private String query = "";

    @Option(
            names = "--instruction",
            paramLabel = "TEXT",
            description = "What is asked of a document, of a model that generates text.")
    private @Nullable String instruction;

    @Option(
            names = "--scoring",
            paramLabel = "HOW",
            defaultValue = "yes_no",
            description = "How a model that generates text scores: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private Scoring scoring = Scoring.YES_NO;

    @Option(names = "--truncate", description = "Cut documents that are too long instead of failing.")
    private boolean truncate;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    /** A line of the output. */
    record Line(int index, @JsonProperty("relevance_score") double score, String document) {}

    @Override
    public Integer call() throws IOException {
        List<String> all = documents.read();
        Progress progress = Progress.ofStderr();
        GenerationRequest request = GenerationRequest.rerank(query, all)
                .withId("rerank")
                .withTask(new Task.Rerank(all, instruction, scoring, truncate));
        try (GenerationEngine engine =
                EngineUntilExit.of(engineOptions.open(model.directory(progress), EngineConfig.defaults(), progress))) {
            Finished finished = Objects.requireNonNull(
                    engine.generate(request).ofType(Finished.class).blockLast());
            List<Double> scores = Objects.requireNonNull(finished.ranking());
            List<Line> lines = IntStream.range(0, all.size())
                    .mapToObj(index -> new Line(index, scores.get(index), all.get(index)))
                    .sorted(Comparator.comparingDouble(Line::score).reversed())
                    .toList();
            for (Line line : lines) {
                System.out.println(json ? JSON.writeValueAsString(line) : text(line));
            }
        }
        return 0;
    }

    private static String text(Line line) {
        return String.format(Locale.ROOT, "%.4f\t%d\t%s", line.score(), line.index(), line.document());
    }
}
