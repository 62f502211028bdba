package io.causalstreams.app;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How the answer to one prompt is chosen. */
final class SamplingOptions {

    @Option(names = "--max-tokens", paramLabel = "N", defaultValue = "256", description = "Default ${DEFAULT-VALUE}.")
    private int maxTokens = 256;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0",
            description = "0 = always the likeliest token (default).")
    private double temperature;

    @Option(names = "--top-p", paramLabel = "P", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
    private double topP = 1;

    @Option(names = "--top-k", paramLabel = "K", defaultValue = "0", description = "0 = all (default).")
    private int topK;

    @Option(names = "--seed", paramLabel = "N", description = "For repeatable draws.")
    private @Nullable Long seed;

    @Option(names = "--stop", paramLabel = "TEXT", description = "Ends the answer; may be given several times.")
    private List<String> stop = new ArrayList<>();

    @Option(names = "--system", paramLabel = "TEXT", description = "The system message.")
    private @Nullable String system;

    @Option(names = "--raw", description = "Continue the prompt as it is, without the model's chat template.")
    private boolean raw;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /**
     * Parameters only.
     *
     * @throws ParameterException if one is out of its range
     */
    SamplingParams params() {
        try {
            return SamplingParams.builder()
                    .maxTokens(maxTokens)
                    .temperature(temperature)
                    .topP(topP)
                    .topK(topK)
                    .seed(seed)
                    .stop(stop)
                    .build();
        } catch (GenerationException.Invalid e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** A chat request where the model has a template and nobody said {@code --raw}, else a plain one. */
    GenerationRequest request(String text, ModelInfo model) {
        return GenerationRequest.of(
                "prompt", raw || !model.chatTemplate() ? new Prompt.Text(text) : chat(text), params());
    }

    private Prompt chat(String text) {
        List<Prompt.Message> messages = new ArrayList<>();
        if (system != null) {
            messages.add(new Prompt.Message("system", system));
        }
        messages.add(new Prompt.Message("user", text));
        return new Prompt.Chat(messages);
    }
}
