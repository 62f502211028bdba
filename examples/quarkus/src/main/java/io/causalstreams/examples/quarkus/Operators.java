package io.causalstreams.examples.quarkus;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.ReplaceThreadHandler;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Engine and operators as beans, and what Quarkus' extension for Kafka Streams needs to know of them. */
@ApplicationScoped
public class Operators {
    @Produces
    @Singleton
    GenerationEngine engine(@ConfigProperty(name = "causal.streams.model") Path model) {
        return GenerationEngine.open(model, EngineConfig.defaults());
    }

    /** When the application stops, the extension has ended Kafka Streams before. */
    void close(@Disposes GenerationEngine engine) {
        engine.close();
    }

    @Produces
    @Singleton
    CausalStreams causalStreams(GenerationEngine engine, Config config) {
        return new CausalStreams(engine, below("causal.streams.", true, config));
    }

    /**
     * What the extension gives Kafka Streams under {@code kafka-streams.*}: this instead of {@code kafka.*} alone. Exactly once, and
     * an operator that is full pauses its input.
     */
    @Produces
    @Singleton
    @Identifier("default-kafka-broker")
    Map<String, Object> settings(CausalStreams causal, Config config) {
        Map<String, Object> own = below("kafka.", false, config);
        own.putAll(below("kafka-streams.", false, config));
        Map<String, Object> all = new HashMap<>();
        causal.configure(own).forEach((key, value) -> all.put((String) key, value));
        return all;
    }

    /** Replaces a stream thread that dies, as long as that helps. */
    @Produces
    @Singleton
    StreamsUncaughtExceptionHandler handler() {
        return new ReplaceThreadHandler();
    }

    private static Map<String, Object> below(String prefix, boolean keepPrefix, Config config) {
        Map<String, Object> found = new HashMap<>();
        for (String name : config.getPropertyNames()) {
            if (name.startsWith(prefix)) {
                String key = keepPrefix ? name : name.substring(prefix.length());
                config.getOptionalValue(name, String.class).ifPresent(value -> found.put(key, value));
            }
        }
        return found;
    }
}
