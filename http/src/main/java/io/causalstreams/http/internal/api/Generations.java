package io.causalstreams.http.internal.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.http.internal.access.Caller;
import io.causalstreams.http.internal.answer.ApiException;
import io.causalstreams.http.internal.answer.EventId;
import io.causalstreams.http.internal.kafka.Prompts.Prompt;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * {@code /v1/chat/completions} and {@code /v1/completions}: the body is the prompt event, the completion event the answer,
 * token events its chunks.
 */
public enum Generations {
    CHAT("messages", "chatcmpl-"),
    TEXT("prompt", "cmpl-");

    private final String required;
    private final String prefix;

    Generations(String required, String prefix) {
        this.required = required;
        this.prefix = prefix;
    }

    /**
     * Asks.
     *
     * @param used is told the tokens of an answer that is not streamed
     */
    public Mono<Reply> ask(Answers answers, ApiRequest request, LongConsumer used) {
        ObjectNode body = request.body();
        if (!body.hasNonNull(required)) {
            throw ApiException.invalidField(required, required + " is missing");
        }
        boolean streamed = Json.flag(body, "stream");
        boolean withUsage = withUsage(body);
        Prompt prompt = request.prompt(request.id(prefix), body);
        if (!streamed) {
            return answers.whole(prompt, request.isIdempotent()).map(completion -> {
                used.accept(completion.event().usage().totalTokens());
                return new Reply.Whole(completion.json());
            });
        }
        return Mono.fromCallable(() -> reply(answers.stream(prompt, request.isIdempotent(), withUsage)));
    }

    /**
     * The rest of an answer behind an event that the caller has.
     *
     * @param body as it was sent first, or null
     */
    public static Mono<Reply> resume(Answers answers, Caller caller, String lastEventId, @Nullable ObjectNode body) {
        EventId last = EventId.parse(lastEventId)
                .filter(id -> caller.owns(id.request()))
                .orElseThrow(() -> ApiException.invalid(
                        404, "not_found", "the Last-Event-ID is none of an event that was sent to you"));
        boolean withUsage = body != null && withUsage(body);
        return Mono.fromCallable(() -> reply(answers.resume(last, withUsage)));
    }

    private static Reply reply(Answers.Stream stream) {
        return new Reply.Streamed(stream.answer(), stream::leave);
    }

    private static boolean withUsage(ObjectNode body) {
        return Json.flag(body.path("stream_options"), "include_usage");
    }
}
