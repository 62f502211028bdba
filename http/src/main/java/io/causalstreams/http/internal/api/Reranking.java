package io.causalstreams.http.internal.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.http.internal.answer.ApiException;
import io.causalstreams.http.internal.kafka.Output;
import io.causalstreams.topology.event.CompletionEvent;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** {@code /v1/rerank}, as Jina, Cohere and vLLM have it: a prompt event of task {@code rerank}. */
public final class Reranking {
    private static final String DOCUMENTS = "documents";
    private static final String RETURN_DOCUMENTS = "return_documents";

    private Reranking() {}

    public static Mono<Reply> ask(Answers answers, ApiRequest request, LongConsumer used) {
        ObjectNode body = request.body();
        JsonNode documents = body.path(DOCUMENTS);
        if (!documents.isArray() || documents.isEmpty()) {
            throw ApiException.invalidField(DOCUMENTS, "documents must be a list of texts, not empty");
        }
        boolean withDocuments = !body.hasNonNull(RETURN_DOCUMENTS) || Json.flag(body, RETURN_DOCUMENTS);
        ObjectNode event = body.deepCopy();
        event.remove(List.of(RETURN_DOCUMENTS, "prompt", "messages"));
        event.put("task", "rerank");
        return answers.whole(request.prompt(request.id("rerank-"), event), request.isIdempotent())
                .map(completion -> {
                    used.accept(completion.event().usage().totalTokens());
                    return new Reply.Whole(Json.bytes(answer(completion, withDocuments ? documents : null)));
                });
    }

    private static ObjectNode answer(Output.Completion completion, @Nullable JsonNode documents) {
        CompletionEvent event = completion.event();
        ObjectNode answer = Json.newObject().put("id", event.id()).put("model", event.model());
        ArrayNode results = answer.putArray("results");
        for (CompletionEvent.Ranked ranked : Objects.requireNonNull(event.ranking(), "ranking")) {
            ObjectNode result =
                    results.addObject().put("index", ranked.index()).put("relevance_score", ranked.relevanceScore());
            if (documents != null) {
                JsonNode document = documents.path(ranked.index());
                result.set(
                        "document", document.isTextual() ? Json.newObject().put("text", document.asText()) : document);
            }
        }
        int tokens = event.usage().totalTokens();
        answer.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return answer;
    }
}
