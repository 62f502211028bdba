package io.causalstreams.springai;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationRequest;
import java.util.List;
import java.util.Objects;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.publisher.Flux;

/**
 * A model in this process as Spring AI's {@link ChatModel}.
 *
 * <pre>{@code
 * GenerationEngine engine = GenerationEngine.open(model, EngineConfig.defaults());
 * ChatClient chat = ChatClient.create(new CausalStreamsChatModel(engine));
 * }</pre>
 *
 * <p>Answers under {@link CausalStreamsChatOptions#getOutputSchema()} and arguments of tools are valid by construction. Calls of tools
 * are told, not made: {@code ChatClient} makes them. Requests of many threads share each forward pass of the engine, which stays its
 * owner's, who closes it.
 *
 * <p>Threading: any thread; {@link #call(Prompt)} waits for its answer, so not the engine's own (a listener of it).
 */
public final class CausalStreamsChatModel implements ChatModel {
    private final GenerationEngine engine;
    private final CausalStreamsChatOptions defaults;

    /** With the engine's own defaults. */
    public CausalStreamsChatModel(GenerationEngine engine) {
        this(engine, CausalStreamsChatOptions.builder().build());
    }

    /** @param defaults what requests get that do not say otherwise */
    public CausalStreamsChatModel(GenerationEngine engine, CausalStreamsChatOptions defaults) {
        this.engine = engine;
        this.defaults = defaults;
    }

    /** What requests get that do not say otherwise. */
    @Override
    public CausalStreamsChatOptions getOptions() {
        return defaults;
    }

    /**
     * @throws io.causalstreams.inference.GenerationException.Invalid if the prompt is at fault, content that is no text included
     * @throws io.causalstreams.inference.GenerationException.Busy if the engine is full: try again
     * @throws io.causalstreams.inference.GenerationException if the model failed, or was closed
     */
    @Override
    public ChatResponse call(Prompt prompt) {
        GenerationRequest request = request(prompt);
        Finished finished = engine.generate(request).ofType(Finished.class).blockLast();
        return Responses.whole(request, engine, Objects.requireNonNull(finished));
    }

    /**
     * Pieces of the answer as they come, then one without text that has calls of tools, usage and the reason of the end. Errors are
     * those of {@link #call(Prompt)}. Who cancels ends the generation.
     */
    @Override
    public Flux<ChatResponse> stream(Prompt prompt) {
        return Flux.defer(() -> {
            GenerationRequest request = request(prompt);
            return engine.generate(request).concatMapIterable(event -> {
                if (event instanceof TokenChunk chunk) {
                    return Responses.pieces(request, engine, chunk);
                }
                return event instanceof Finished finished ? Responses.end(request, engine, finished) : List.of();
            });
        });
    }

    private GenerationRequest request(Prompt prompt) {
        ChatOptions own = prompt.getOptions();
        return Requests.of(
                prompt.getInstructions(),
                own == null
                        ? defaults
                        : defaults.mutate().combineWith(own.mutate()).build());
    }
}
