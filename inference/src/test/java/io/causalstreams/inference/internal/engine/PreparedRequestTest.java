package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PreparedRequestTest {
    private final AtomicInteger tokenizations = new AtomicInteger();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final ScriptedLm model = new ScriptedLm(1, 256, AsciiTokenizer.SIZE);
    private final GenerationEngine engine = start(model);

    @AfterEach
    void close() {
        gate.countDown();
        engine.close();
    }

    @Test
    void shouldTokenizeOnceHoweverOftenItIsStarted() {
        // Given
        PreparedRequest prepared = engine.prepare(request("r-1", 5));

        // When
        Recorder first = run(prepared);
        Recorder second = run(prepared);

        // Then
        assertThat(second.finished().choices()).isEqualTo(first.finished().choices());
        assertThat(second.emittedTokens(0)).hasSize(5).isEqualTo(first.emittedTokens(0));
        assertThat(tokenizations).hasValue(1);
    }

    @Test
    void shouldTokenizeOnceForAStream() {
        engine.generate(request("r-1", 3)).blockLast();
        assertThat(tokenizations).hasValue(1);
    }

    @Test
    void shouldKnowItsPromptTokensAsARunDoes() {
        PreparedRequest prepared = engine.prepare(request("r-1", 3));
        assertThat(prepared.promptTokens())
                .isEqualTo(5)
                .isEqualTo(run(prepared).finished().usage().promptTokens());
    }

    @Test
    void shouldTakeNamesOfSpecialTokensForTheTokensOnlyWhereAsked() {
        SamplingParams one = SamplingParams.greedy(1);
        GenerationRequest plain = GenerationRequest.of("r-1", new Prompt.Text("a<1>b"), one);
        GenerationRequest parsed = GenerationRequest.of("r-1", new Prompt.Text("a<1>b", true, true), one);

        assertThat(engine.prepare(plain).promptTokens()).isEqualTo(5);
        assertThat(engine.prepare(parsed).promptTokens()).isEqualTo(3);
    }

    @Test
    void shouldResumeFromThePublishedTokensItIsStartedWith() {
        // Given
        PreparedRequest prepared = engine.prepare(request("r-1", 8));
        Recorder whole = run(prepared);
        List<Integer> published = whole.emittedTokens(0).subList(0, 3);

        // When
        Recorder rest = run(prepared.resumedFrom(List.of(published)));

        // Then
        assertThat(rest.emittedTokens(0)).isEqualTo(whole.emittedTokens(0).subList(3, 8));
        assertThat(rest.choice(0)).isEqualTo(whole.choice(0));
        assertThat(tokenizations).hasValue(1);
    }

    @Test
    void shouldRefuseToResumeFromTokensTheModelDoesNotHave() {
        PreparedRequest prepared = engine.prepare(request("r-1", 8));
        assertThatThrownBy(() -> prepared.resumedFrom(List.of(List.of(AsciiTokenizer.SIZE))))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("resume_from holds token " + AsciiTokenizer.SIZE);
    }

    @Test
    void shouldTakeTheDeadlineItIsStartedWith() {
        PreparedRequest late = engine.prepare(request("r-1", 8)).withDeadline(Instant.EPOCH);
        assertThat(run(late).choice(0).finishReason()).isEqualTo(FinishReason.DEADLINE_EXCEEDED);
    }

    @Test
    void shouldRunAfterItWasRefusedAsBusy() {
        // Given: two requests in the engine, which stands still
        model.scripted((tokens, row) -> await(gate));
        Recorder first = new Recorder();
        Recorder second = new Recorder();
        engine.generate(engine.prepare(request("r-1", 3)), first);
        engine.generate(engine.prepare(request("r-2", 3)), second);
        PreparedRequest prepared = engine.prepare(request("r-3", 3));
        Recorder third = new Recorder();
        assertThatThrownBy(() -> engine.generate(prepared, third))
                .isInstanceOf(GenerationException.Busy.class)
                .hasMessageContaining("r-3");
        assertThat(third.hasEnded()).isFalse();

        // When
        gate.countDown();
        first.awaitEnd();
        engine.generate(prepared, third);

        // Then
        assertThat(third.awaitEnd().finished().usage().completionTokens()).isEqualTo(3);
        assertThat(tokenizations).hasValue(3);
    }

    @Test
    void shouldFreeTheSlotOfACancelledGeneration() {
        // Given: a request in the engine, which stands still
        model.scripted((tokens, row) -> await(gate));
        Recorder endless = new Recorder();
        Generation generation = engine.generate(engine.prepare(request("r-1", 200)), endless);

        // When
        generation.cancel();
        generation.cancel();
        gate.countDown();

        // Then: the next one has the only slot before the first could have ended
        assertThat(run(engine.prepare(request("r-2", 3))).finished().choices()).hasSize(1);
        assertThat(endless.hasEnded()).isFalse();
    }

    @Test
    void shouldNotRunWhatAnotherEnginePrepared() {
        try (GenerationEngine other = start(new ScriptedLm(1, 256, AsciiTokenizer.SIZE))) {
            PreparedRequest prepared = other.prepare(request("r-1", 3));
            assertThatThrownBy(() -> engine.generate(prepared, new Recorder()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("r-1");
        }
    }

    @Test
    void shouldCountThePromptOfARequestItRefuses() {
        GenerationRequest tooLong =
                GenerationRequest.of("r-1", new Prompt.Text("x".repeat(300)), SamplingParams.greedy(3));
        assertThatThrownBy(() -> engine.prepare(tooLong))
                .isInstanceOfSatisfying(GenerationException.Invalid.class, refused -> {
                    assertThat(refused.parameter()).isEqualTo("prompt");
                    assertThat(refused.promptTokens()).isEqualTo(300);
                });
    }

    private Recorder run(PreparedRequest prepared) {
        Recorder recorder = new Recorder();
        engine.generate(prepared, recorder);
        return recorder.awaitEnd();
    }

    private GenerationEngine start(ScriptedLm scripted) {
        AsciiTokenizer tokenizer = new AsciiTokenizer() {
            @Override
            public int[] encodeText(String text) {
                tokenizations.incrementAndGet();
                return super.encodeText(text);
            }
        };
        EngineConfig config = EngineHarness.CONFIG.withSlots(1).withMaxWaiting(1);
        return EngineFactory.start(
                scripted, tokenizer, null, new LazyConstraints(tokenizer, config), config, Clock.systemUTC());
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GenerationRequest request(String id, int tokens) {
        SamplingParams sampling = SamplingParams.builder()
                .temperature(0)
                .ignoreEos(true)
                .maxTokens(tokens)
                .build();
        return GenerationRequest.of(id, new Prompt.Text("Hello"), sampling);
    }
}
