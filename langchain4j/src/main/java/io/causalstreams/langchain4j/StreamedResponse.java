package io.causalstreams.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.causalstreams.inference.AnswerPart;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationRequest;
import java.util.List;
import reactor.core.publisher.BaseSubscriber;

/** Tells a handler what an engine generates: pieces of text and thinking as they come, calls and the whole at the end. */
final class StreamedResponse extends BaseSubscriber<GenerationEvent> implements StreamingHandle {
    private final GenerationRequest request;
    private final GenerationEngine engine;
    private final StreamingChatResponseHandler handler;

    StreamedResponse(GenerationRequest request, GenerationEngine engine, StreamingChatResponseHandler handler) {
        this.request = request;
        this.engine = engine;
        this.handler = handler;
    }

    @Override
    public boolean isCancelled() {
        return isDisposed();
    }

    @Override
    protected void hookOnNext(GenerationEvent event) {
        if (event instanceof GenerationEvent.TokenChunk chunk) {
            AnswerPart.joined(chunk.parts()).forEach(this::tell);
        } else if (event instanceof GenerationEvent.Finished finished) {
            ChatResponse response = Responses.of(request, engine, finished);
            List<ToolExecutionRequest> calls = response.aiMessage().toolExecutionRequests();
            for (int i = 0; i < calls.size(); i++) {
                handler.onCompleteToolCall(new CompleteToolCall(i, calls.get(i)));
            }
            handler.onCompleteResponse(response);
        }
    }

    @Override
    protected void hookOnError(Throwable error) {
        handler.onError(Responses.failure(error));
    }

    private void tell(AnswerPart part) {
        if (part instanceof AnswerPart.Content content) {
            handler.onPartialResponse(new PartialResponse(content.text()), new PartialResponseContext(this));
        } else if (part instanceof AnswerPart.Reasoning reasoning) {
            handler.onPartialThinking(new PartialThinking(reasoning.text()), new PartialThinkingContext(this));
        }
    }
}
