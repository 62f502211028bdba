package io.causalstreams.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import reactor.core.scheduler.Schedulers;

/**
 * A model in this process as LangChain4j's {@link StreamingChatModel}.
 *
 * <p>The handler is called on a thread of Reactor's elastic scheduler, one call at a time, so it may block; what it does not take is
 * kept, at most as many events as the answer has tokens. Cancelling the handle it is given ends the generation.
 *
 * <p>Threading: any thread; {@link #doChat} does not wait.
 *
 * @see CausalStreamsChatModel
 */
public final class CausalStreamsStreamingChatModel extends EngineModel implements StreamingChatModel {
    /** With the engine's own defaults. */
    public CausalStreamsStreamingChatModel(GenerationEngine engine) {
        this(engine, ChatRequestParameters.builder().build());
    }

    /** @param defaults what requests get that do not say otherwise */
    public CausalStreamsStreamingChatModel(GenerationEngine engine, ChatRequestParameters defaults) {
        super(engine, defaults);
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        GenerationRequest asked = Requests.of(request);
        engine.generate(asked)
                .publishOn(Schedulers.boundedElastic())
                .subscribe(new StreamedResponse(asked, engine, handler));
    }
}
