package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixReuseTest {
    private static final EngineConfig CACHING = EngineHarness.CONFIG.withPrefixCacheTokens(256);
    private static final String SYSTEM = "You are a terse assistant. ";

    @Test
    void shouldComputeASharedPrefixOnce() {
        // Given
        EngineHarness engine = new EngineHarness(CACHING.withPrefillChunkTokens(64));
        engine.submit("r-1", SYSTEM + "Hello", SamplingParams.greedy(3));
        engine.drain();

        // When
        Recorder second = engine.submit("r-2", SYSTEM + "Who?", SamplingParams.greedy(3));
        engine.drain();

        // Then
        assertThat(second.finished().usage().cachedTokens()).isEqualTo(SYSTEM.length());
        assertThat(engine.model.passes).contains("prefill 32", "prefill 4");
    }

    @Test
    void shouldRecomputeAtLeastOneToken() {
        // Given
        EngineHarness engine = new EngineHarness(CACHING);
        Recorder first = engine.submit("r-1", SYSTEM, SamplingParams.greedy(3));
        engine.drain();

        // When
        Recorder again = engine.submit("r-2", SYSTEM, SamplingParams.greedy(3));
        engine.drain();

        // Then
        assertThat(again.finished().usage().cachedTokens()).isEqualTo(SYSTEM.length() - 1);
        assertThat(again.choice(0).tokenIds()).isEqualTo(first.choice(0).tokenIds());
    }

    @Test
    void shouldContinueAConversationFromItsAnswer() {
        // Given
        EngineHarness engine = new EngineHarness(CACHING);
        Recorder first = engine.submit(
                "r-1",
                SYSTEM,
                SamplingParams.builder()
                        .temperature(0)
                        .ignoreEos(true)
                        .maxTokens(6)
                        .build());
        engine.drain();
        List<Integer> soFar = new ArrayList<>(first.finished().promptTokenIds());
        soFar.addAll(first.choice(0).tokenIds());
        soFar.add(AsciiTokenizer.token('?'));

        // When
        Recorder second =
                engine.submit(GenerationRequest.of("r-2", new Prompt.Tokens(soFar), SamplingParams.greedy(3)));
        engine.drain();

        // Then: all but the last generated token had been computed
        assertThat(second.finished().usage().cachedTokens()).isEqualTo(SYSTEM.length() + 5);
    }

    @Test
    void shouldShareBetweenSequencesWithPositionsOfOneKindOnly() {
        // Given: 27 tokens of prompt; up to 40 with the completion are short
        ScriptedLm model = new ScriptedLm(CACHING.slots(), 128, AsciiTokenizer.SIZE).shortUpTo(40);
        EngineHarness engine = new EngineHarness(CACHING, model);
        GenerationRequest shortOne = request("short", 13);
        GenerationRequest longOne = request("long", 14);
        List<Recorder> alone = new ArrayList<>();
        for (GenerationRequest request : List.of(shortOne, longOne)) {
            EngineHarness other =
                    new EngineHarness(CACHING, new ScriptedLm(CACHING.slots(), 128, AsciiTokenizer.SIZE).shortUpTo(40));
            alone.add(other.submit(request));
            other.drain();
        }

        // When: both kinds in one batch, then again, when both are in the cache
        List<Recorder> together = List.of(engine.submit(shortOne), engine.submit(longOne));
        engine.drain();
        List<Recorder> again = new ArrayList<>();
        for (GenerationRequest request : List.of(request("short again", 13), request("long again", 14))) {
            again.add(engine.submit(request));
            engine.drain();
        }

        // Then
        for (int i = 0; i < 2; i++) {
            assertThat(together.get(i).finished().usage().cachedTokens()).isZero();
            assertThat(again.get(i).finished().usage().cachedTokens()).isEqualTo(SYSTEM.length() - 1);
            assertThat(together.get(i).choice(0).tokenIds())
                    .isEqualTo(alone.get(i).choice(0).tokenIds());
            assertThat(again.get(i).choice(0).tokenIds())
                    .isEqualTo(alone.get(i).choice(0).tokenIds());
        }
        assertThat(alone.get(0).choice(0).tokenIds())
                .isNotEqualTo(alone.get(1).choice(0).tokenIds().subList(0, 13));
    }

    private static GenerationRequest request(String id, int maxTokens) {
        return GenerationRequest.of(
                id,
                new Prompt.Text(SYSTEM),
                SamplingParams.builder()
                        .temperature(0)
                        .ignoreEos(true)
                        .maxTokens(maxTokens)
                        .build());
    }

    @Test
    void shouldNotUseTheCacheForAPromptToBeScored() {
        // Given
        EngineHarness engine = new EngineHarness(CACHING);
        engine.submit("r-1", SYSTEM, SamplingParams.greedy(3));
        engine.drain();

        // When
        Recorder scored = engine.submit(
                "r-2",
                SYSTEM,
                SamplingParams.builder().maxTokens(0).promptLogprobs(0).build());
        engine.drain();

        // Then
        assertThat(scored.finished().usage().cachedTokens()).isZero();
        assertThat(scored.finished().promptLogprobs()).hasSize(SYSTEM.length());
    }

    @Test
    void shouldShareOnePrefillBetweenTheChoicesOfARequest() {
        // Given: no prefix cache
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG.withPrefillChunkTokens(64));

        // When
        Recorder recorder = engine.submit(
                "r-1",
                SYSTEM,
                SamplingParams.builder().n(3).maxTokens(5).ignoreEos(true).build());
        engine.drain();

        // Then: the other choices compute the prompt's last token, for its logits
        assertThat(engine.model.passes.stream().filter(pass -> pass.startsWith("prefill")))
                .containsExactly("prefill 27", "prefill 1", "prefill 1");
        assertThat(recorder.finished().usage().cachedTokens()).isZero();
        assertThat(recorder.finished().choices())
                .extracting(choice -> choice.tokenIds().size())
                .containsOnly(5);
    }

    /** @param inSizes whether steps are filled up with rows for nobody, as on a device */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveTheSameTokensWithAndWithoutTheCache(boolean inSizes) {
        // Given
        long seed = Long.getLong("test.seed", new Random().nextLong());
        System.out.println("-Dtest.seed=" + seed);
        Random random = new Random(seed);
        EngineConfig config = CACHING.withPrefixCacheTokens(random.nextInt(200)).withSlots(7);
        ScriptedLm model = new ScriptedLm(config.slots(), 128, AsciiTokenizer.SIZE);
        EngineHarness engine = new EngineHarness(config, inSizes ? model.inSizes() : model);
        List<GenerationRequest> requests = new ArrayList<>();
        List<Recorder> recorders = new ArrayList<>();

        // When: prompts that share random prefixes, some while others run
        for (int i = 0; i < 200; i++) {
            StringBuilder prompt = new StringBuilder("abcabcabcabc".substring(random.nextInt(12)));
            for (int length = 1 + random.nextInt(40); length > 0; length--) {
                prompt.append((char) ('a' + random.nextInt(2)));
            }
            SamplingParams sampling = SamplingParams.builder()
                    .temperature(random.nextInt(2))
                    .maxTokens(1 + random.nextInt(12))
                    .n(1 + random.nextInt(2))
                    .build();
            GenerationRequest request = GenerationRequest.of("r-" + i, new Prompt.Text(prompt.toString()), sampling);
            requests.add(request);
            recorders.add(engine.submit(request));
            for (int steps = random.nextInt(8); steps > 0; steps--) {
                engine.step();
            }
        }
        engine.drain();

        // Then
        for (int i = 0; i < requests.size(); i++) {
            assertThat(recorders.get(i).finished().choices())
                    .as("request %d, seed %d", i, seed)
                    .isEqualTo(EngineHarness.alone(EngineHarness.CONFIG, requests.get(i))
                            .finished()
                            .choices());
        }
        assertThat(engine.loop.stats().cachedPromptTokens()).isPositive();
        assertThat(model.passes.contains("decode 3")).isNotEqualTo(inSizes);
    }
}
