package io.causalstreams.http.internal.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.http.InvalidRequestException;
import io.causalstreams.http.Models;
import io.causalstreams.http.internal.answer.ApiException;
import java.time.Instant;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** {@code /v1/models} and {@code /tokenize}: what this process knows of its models. */
public final class ModelPages {
    private final Models models;
    private final long created = Instant.now().getEpochSecond();

    public ModelPages(Models models) {
        this.models = models;
    }

    public Reply list() {
        ObjectNode answer = Json.newObject().put("object", "list");
        ArrayNode data = answer.putArray("data");
        models.list().forEach(model -> data.add(page(model)));
        return new Reply.Whole(Json.bytes(answer));
    }

    /**
     * One of them.
     *
     * @throws ApiException 404
     */
    public Reply one(String name) {
        return models.list().stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .map(model -> new Reply.Whole(Json.bytes(page(model))))
                .orElseThrow(() -> ApiException.invalidField("model", "there is no model '" + name + "' here"));
    }

    private ObjectNode page(Models.Model model) {
        ObjectNode page = Json.newObject()
                .put("id", model.name())
                .put("object", "model")
                .put("created", created)
                .put("owned_by", "causal-streams")
                .put("max_model_len", model.maxContextTokens());
        ArrayNode adapters = page.putArray("adapters");
        model.adapters().forEach(adapters::add);
        return page;
    }

    /** As vLLM has it: a prompt or messages in, token ids out. */
    public Mono<Reply> tokenize(ApiRequest request) {
        ObjectNode body = request.body();
        return Mono.<Reply>fromCallable(() -> new Reply.Whole(Json.bytes(tokens(body))))
                .subscribeOn(Schedulers.boundedElastic());
    }

    private ObjectNode tokens(ObjectNode body) {
        try {
            Models.Tokens tokens = models.tokenize(Json.bytes(body));
            ObjectNode answer =
                    Json.newObject().put("count", tokens.ids().size()).put("max_model_len", tokens.maxContextTokens());
            ArrayNode ids = answer.putArray("tokens");
            tokens.ids().forEach(ids::add);
            return answer;
        } catch (InvalidRequestException e) {
            throw ApiException.invalidField(e.parameter(), String.valueOf(e.getMessage()));
        }
    }
}
