package io.causalstreams.app.internal.operations;

import io.causalstreams.http.InvalidRequestException;
import io.causalstreams.http.Models;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.topology.event.PromptEvent;
import io.causalstreams.topology.event.UnreadablePromptException;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** What the HTTP door is told of the models of an engine. */
public final class EngineModels implements Models {
    private static final String TOKENIZE = "tokenize";

    private final GenerationEngine engine;
    private final BooleanSupplier ready;

    /** @param ready whether the operator answers */
    public EngineModels(GenerationEngine engine, BooleanSupplier ready) {
        this.engine = engine;
        this.ready = ready;
    }

    @Override
    public boolean isReady() {
        return ready.getAsBoolean() && engine.isAlive();
    }

    @Override
    public List<Model> list() {
        String first = engine.model().name();
        Stream<Model> others = engine.engines().entrySet().stream()
                .filter(each -> !each.getKey().equals(first))
                .map(each -> model(each.getKey(), each.getValue()));
        GenerationEngine chosen = engine.engines().getOrDefault(first, engine);
        return Stream.concat(Stream.of(model(first, chosen)), others).toList();
    }

    private static Model model(String name, GenerationEngine engine) {
        List<String> adapters = engine.adapters().stream().sorted().toList();
        return new Model(name, engine.model().maxContextTokens(), adapters);
    }

    @Override
    public Tokens tokenize(byte[] promptEvent) {
        try {
            PromptEvent event = PromptEvent.parse(promptEvent);
            PreparedRequest prepared = prepare(event.toRequest(TOKENIZE));
            return new Tokens(
                    prepared.promptTokenIds(), engine.model(event.model()).maxContextTokens());
        } catch (GenerationException.Invalid e) {
            throw new InvalidRequestException(e.parameter(), String.valueOf(e.getMessage()));
        } catch (UnreadablePromptException e) {
            throw new InvalidRequestException(null, String.valueOf(e.getMessage()));
        }
    }

    /** Of a model that makes vectors of texts the text is one to be made. */
    private PreparedRequest prepare(GenerationRequest request) {
        try {
            return engine.prepare(request);
        } catch (GenerationException.Invalid e) {
            if (!"task".equals(e.parameter())) {
                throw e;
            }
            return engine.prepare(request.withTask(new GenerationRequest.Task.Embed()));
        }
    }
}
