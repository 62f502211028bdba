package io.causalstreams.inference;

import java.io.PrintStream;
import java.nio.file.Path;

/** The example of {@code docs/engine.md}, compiled and run; the page shows the lines between the markers. */
final class EngineExample {
    private EngineExample() {}

    static void run(Path modelDirectory, PrintStream out) {
        // example begins
        try (GenerationEngine engine = GenerationEngine.open(modelDirectory, EngineConfig.defaults())) {
            GenerationRequest request =
                    GenerationRequest.of("r-1", new Prompt.Text("The capital of France is"), SamplingParams.greedy(16));
            engine.generate(request)
                    .doOnNext(event -> {
                        if (event instanceof GenerationEvent.TokenChunk chunk) {
                            out.print(chunk.text());
                        } else if (event instanceof GenerationEvent.Finished finished) {
                            out.println(" [" + finished.usage().completionTokens() + " tokens]");
                        }
                    })
                    .blockLast();
        }
        // example ends
    }
}
