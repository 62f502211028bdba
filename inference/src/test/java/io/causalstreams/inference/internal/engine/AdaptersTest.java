package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Requests with different adapters in one engine. */
class AdaptersTest {
    private static final EngineConfig CONFIG = EngineHarness.CONFIG.withPrefixCacheTokens(256);
    private static final Path FILE = Path.of("adapter.safetensors");

    @Test
    void shouldGiveEveryRequestWhatItsAdapterGivesAlone() {
        // Given
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("-Dtest.seed=" + seed);
        Random random = new Random(seed);
        EngineHarness engine = engine();
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String prompt = "the same beginning, then " + random.nextInt(3);
            requests.add(request("r-" + i, prompt, List.of("a", "b", "").get(random.nextInt(3))));
        }

        // When
        List<Recorder> together = new ArrayList<>();
        for (GenerationRequest request : requests) {
            together.add(engine.submit(request));
            for (int steps = random.nextInt(4); steps > 0; steps--) {
                engine.step();
            }
        }
        engine.drain();

        // Then
        for (int i = 0; i < requests.size(); i++) {
            EngineHarness alone = engine();
            Recorder expected = alone.submit(requests.get(i));
            alone.drain();
            assertThat(together.get(i).choice(0).tokenIds())
                    .as(requests.get(i).toString())
                    .isEqualTo(expected.choice(0).tokenIds());
        }
    }

    @Test
    void shouldNotReuseWhatAnotherAdapterComputed() {
        // Given
        EngineHarness engine = engine();
        engine.submit(request("r-1", "a shared prompt", "a"));
        engine.drain();

        // When
        Recorder other = engine.submit(request("r-2", "a shared prompt", "b"));
        Recorder none = engine.submit(request("r-3", "a shared prompt", null));
        engine.drain();
        Recorder same = engine.submit(request("r-4", "a shared prompt", "a"));
        engine.drain();

        // Then
        assertThat(other.finished().usage().cachedTokens()).isZero();
        assertThat(none.finished().usage().cachedTokens()).isZero();
        assertThat(same.finished().usage().cachedTokens()).isEqualTo("a shared prompt".length() - 1);
    }

    @Test
    void shouldResumeWithTheSameAdapter() {
        // Given
        GenerationRequest request = request("r-1", "hello", "a");
        EngineHarness before = engine();
        Recorder whole = before.submit(request);
        before.drain();
        List<Integer> tokens = whole.choice(0).tokenIds();

        // When
        EngineHarness after = engine();
        Recorder resumed = after.submit(request.resumedFrom(List.of(tokens.subList(0, 3))));
        after.drain();

        // Then
        assertThat(resumed.choice(0).tokenIds()).isEqualTo(tokens);
    }

    @Test
    void shouldEndWithTheAdapterThatARequestBeganWith() {
        // Given
        EngineHarness expected = engine();
        Recorder kept = expected.submit(request("r-1", "hello", "a"));
        expected.drain();
        EngineHarness engine = engine();
        Recorder running = engine.submit(request("r-1", "hello", "a"));
        engine.step();

        // When
        assertThat(engine.adapters.unload("a")).isTrue();
        engine.drain();

        // Then
        assertThat(running.choice(0).tokenIds()).isEqualTo(kept.choice(0).tokenIds());
        assertThatThrownBy(() -> engine.submit(request("r-2", "hello", "a")))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessage("request r-2: there is no adapter 'a'; name one of b");
    }

    @Test
    void shouldFindAnAdapterBehindTheModel() {
        // Given
        GenerationRequest plain = request("r-1", "hello", null);
        EngineHarness engine = engine();

        // When
        Recorder byModel = engine.submit(plain.withModel("scripted:a"));
        Recorder byAdapter = engine.submit(plain.withId("r-2").withAdapter("a"));
        Recorder without = engine.submit(plain.withId("r-3").withModel("scripted"));
        engine.drain();

        // Then
        assertThat(byModel.choice(0).tokenIds())
                .isEqualTo(byAdapter.choice(0).tokenIds())
                .isNotEqualTo(without.choice(0).tokenIds());
        assertThatThrownBy(() -> engine.submit(plain.withModel("scripted:c")))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("no adapter 'c'; name one of a, b");
    }

    private static EngineHarness engine() {
        EngineHarness engine = new EngineHarness(CONFIG);
        engine.adapters.load("a", FILE);
        engine.adapters.load("b", FILE);
        return engine;
    }

    private static GenerationRequest request(String id, String prompt, @Nullable String adapter) {
        SamplingParams sampling = SamplingParams.builder()
                .temperature(0)
                .ignoreEos(true)
                .maxTokens(6)
                .build();
        return GenerationRequest.of(id, new Prompt.Text(prompt), sampling)
                .withAdapter("".equals(adapter) ? null : adapter);
    }
}
