package io.causalstreams.app.internal.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.testkit.ScriptedEngine;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ServedModelsTest {
    private final Map<String, ScriptedEngine> opened = new HashMap<>();

    @Test
    void shouldFollowItsList() throws Exception {
        // Given
        ServedModels models = ServedModels.open(list("a=x", "b=y", "c=@a"), this::open);
        assertThat(models.engine().engines()).containsOnlyKeys("a", "b");
        assertThat(models.engine().model("c").name()).isEqualTo("a");
        ScriptedEngine first = opened("x");

        // When: one gone, one with another source, one new, names swapped
        models.follow(list("b=z", "c=y", "a=@b"));

        // Then
        assertThat(models.engine().engines()).containsOnlyKeys("b", "c");
        assertThat(models.engine().model().name()).isEqualTo("b");
        assertThat(models.engine().model("a").name()).isEqualTo("b");
        assertThat(first.isAlive()).isFalse();
        assertThat(opened("z").isAlive()).isTrue();
    }

    @Test
    void shouldKeepWhatItHasWhenAModelCannotBeLoaded() throws Exception {
        ServedModels models = ServedModels.open(list("a=x", "b=y"), this::open);

        assertThatThrownBy(() -> models.follow(list("c=none", "a=x"))).isInstanceOf(IOException.class);

        assertThat(models.engine().engines()).containsOnlyKeys("a", "b");
        assertThat(models.engine().isAlive()).isTrue();
        models.follow(list("c=z", "a=x"));
        assertThat(models.engine().engines()).containsOnlyKeys("a", "c");
    }

    @Test
    void shouldCloseWhatItLoadedWhenItCannotStart() {
        assertThatThrownBy(() -> ServedModels.open(list("a=x", "b=none"), this::open))
                .isInstanceOf(IOException.class);
        assertThat(opened("x").isAlive()).isFalse();
    }

    @Test
    void shouldPrepareOnWhatItServes() throws Exception {
        ServedModels models = ServedModels.open(list("a=x"), this::open);
        GenerationRequest request = GenerationRequest.text("x", 1).withModel("a");
        assertThat(models.engine().prepare(request).request()).isEqualTo(request);
    }

    private ScriptedEngine opened(String source) {
        return Objects.requireNonNull(opened.get(source));
    }

    private GenerationEngine open(String source, int sharing) throws IOException {
        if (source.equals("none")) {
            throw new IOException("as the test wants");
        }
        ScriptedEngine engine = ScriptedEngine.saying(source);
        opened.put(source, engine);
        return engine;
    }

    private static ModelList list(String... entries) {
        return ModelList.of(List.of(entries));
    }
}
