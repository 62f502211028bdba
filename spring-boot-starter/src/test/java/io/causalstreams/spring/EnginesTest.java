package io.causalstreams.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.testkit.ScriptedEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EnginesTest {
    private final List<EngineConfig> opened = new ArrayList<>();
    private final Engines engines = new Engines((directory, config) -> {
        opened.add(config);
        return ScriptedEngine.saying(request -> directory.toString());
    });

    @Test
    void shouldOpenOneModelWithTheSizesAsked() {
        engines.open(properties(Path.of("m"), Map.of(), null, 3));

        assertThat(opened).singleElement().extracting(EngineConfig::slots).isEqualTo(3);
    }

    @Test
    void shouldShareTheSlotsAmongSeveralModels() {
        // Given
        Map<String, Path> models = new LinkedHashMap<>();
        models.put("small", Path.of("s"));
        models.put("large", Path.of("l"));

        // When
        GenerationEngine engine = engines.open(properties(null, models, "large", 8));

        // Then
        assertThat(engine.engines()).containsOnlyKeys("small", "large");
        assertThat(opened).extracting(EngineConfig::slots).containsExactly(4, 4);
    }

    @Test
    void shouldAskWhichOfSeveralModelsIsTheDefault() {
        Map<String, Path> models = Map.of("small", Path.of("s"), "large", Path.of("l"));

        assertThatThrownBy(() -> engines.open(properties(null, models, null, 8)))
                .hasMessageContaining("causal.streams.default-model is null; it must be one of")
                .hasMessageContaining("small");
    }

    @Test
    void shouldRefuseOneModelBesideSeveral() {
        assertThatThrownBy(() -> engines.open(properties(Path.of("m"), Map.of("small", Path.of("s")), null, 8)))
                .hasMessageContaining("set one of them");
    }

    private static CausalStreamsProperties properties(
            @Nullable Path model, Map<String, Path> models, @Nullable String defaultModel, int slots) {
        return new CausalStreamsProperties(
                model,
                models,
                defaultModel,
                false,
                new CausalStreamsProperties.Engine(slots, null, null, null, null, null, null));
    }
}
