package io.causalstreams.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import java.util.Objects;

/**
 * A model in this process as LangChain4j's {@link ChatModel}.
 *
 * <pre>{@code
 * GenerationEngine engine = GenerationEngine.open(model, EngineConfig.defaults());
 * ChatModel chat = new CausalStreamsChatModel(engine);
 * Triage triage = AiServices.create(Triage.class, chat);
 * }</pre>
 *
 * <p>Answers under a JSON Schema and arguments of tools are valid by construction. Requests of many threads share each forward
 * pass of the engine. The engine stays its owner's, who closes it.
 *
 * <p>Threading: any thread, which waits for its answer; not the engine's own (a listener of it).
 */
public final class CausalStreamsChatModel extends EngineModel implements ChatModel {
    /** With the engine's own defaults. */
    public CausalStreamsChatModel(GenerationEngine engine) {
        this(engine, ChatRequestParameters.builder().build());
    }

    /** @param defaults what requests get that do not say otherwise */
    public CausalStreamsChatModel(GenerationEngine engine, ChatRequestParameters defaults) {
        super(engine, defaults);
    }

    /**
     * @throws dev.langchain4j.exception.InvalidRequestException if the request is at fault
     * @throws dev.langchain4j.exception.RateLimitException if the engine is full: try again
     * @throws dev.langchain4j.exception.InternalServerException if the model failed, or was closed
     */
    @Override
    public ChatResponse doChat(ChatRequest request) {
        GenerationRequest asked = Requests.of(request);
        try {
            Finished finished = engine.generate(asked).ofType(Finished.class).blockLast();
            return Responses.of(asked, engine, Objects.requireNonNull(finished));
        } catch (GenerationException e) {
            throw Responses.failure(e);
        }
    }
}
