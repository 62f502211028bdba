package io.causalstreams.langchain4j;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import io.causalstreams.inference.GenerationEngine;
import java.util.Set;

/** What both kinds of models say of themselves. */
abstract class EngineModel {
    final GenerationEngine engine;
    private final ChatRequestParameters defaults;

    EngineModel(GenerationEngine engine, ChatRequestParameters defaults) {
        this.engine = engine;
        this.defaults = defaults;
    }

    /** What requests get that do not say otherwise. */
    public final ChatRequestParameters defaultRequestParameters() {
        return defaults;
    }

    /** Answers are held to a JSON Schema. */
    public final Set<Capability> supportedCapabilities() {
        return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }
}
