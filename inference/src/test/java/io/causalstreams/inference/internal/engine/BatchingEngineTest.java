package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@Timeout(60)
class BatchingEngineTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final CountDownLatch gate = new CountDownLatch(1);
    private final ScriptedLm model = new ScriptedLm(2, 4096, AsciiTokenizer.SIZE);
    private final GenerationEngine engine =
            start(model, EngineHarness.CONFIG.withSlots(2).withMaxWaiting(1));

    @AfterEach
    void close() {
        gate.countDown();
        engine.close();
    }

    @Test
    void shouldStreamChunksAndThenFinish() {
        StepVerifier.create(engine.generate(request("r-1", 3)))
                .expectNextMatches(
                        event -> event instanceof GenerationEvent.TokenChunk chunk && chunk.tokenIndex() == 0)
                .expectNextMatches(
                        event -> event instanceof GenerationEvent.TokenChunk chunk && chunk.tokenIndex() == 1)
                .expectNextMatches(
                        event -> event instanceof GenerationEvent.TokenChunk chunk && chunk.tokenIndex() == 2)
                .expectNextMatches(event -> event instanceof GenerationEvent.Finished finished
                        && finished.choices().get(0).finishReason() == FinishReason.LENGTH)
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void shouldRunNothingBeforeItIsSubscribedAndAgainForEachSubscriber() {
        // Given
        Flux<GenerationEvent> cold = engine.generate(request("r-1", 3));
        assertThat(model.passes).isEmpty();

        // When
        List<GenerationEvent> first = cold.collectList().block(PATIENCE);
        List<GenerationEvent> second = cold.collectList().block(PATIENCE);

        // Then
        assertThat(second).isEqualTo(first).hasSize(4);
    }

    @Test
    void shouldKeepWhatNobodyHasAskedForYet() {
        StepVerifier.create(engine.generate(request("r-1", 20)), 1)
                .expectNextCount(1)
                .thenAwait(Duration.ofMillis(50))
                .thenRequest(3)
                .expectNextCount(3)
                .thenRequest(Long.MAX_VALUE)
                .expectNextCount(17)
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void shouldFreeTheSlotOfACancelledSubscription() throws InterruptedException {
        // Given
        StepVerifier.create(engine.generate(request("r-1", 4000)), 2)
                .expectNextCount(2)
                .thenCancel()
                .verify(PATIENCE);

        // When
        engine.generate(request("r-2", 3)).blockLast(PATIENCE);

        // Then
        for (int tries = 0; engine.stats().running() > 0 && tries < 1000; tries++) {
            Thread.sleep(5);
        }
        assertThat(engine.stats().running()).isZero();
        assertThat(engine.stats().completionTokens()).isLessThan(4000);
    }

    @Test
    void shouldSignalInvalidRequestsAsErrors() {
        StepVerifier.create(engine.generate(request("r-1", "", 3)))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(GenerationException.Invalid.class)
                        .hasMessageContaining("r-1"))
                .verify(PATIENCE);
    }

    @Test
    void shouldSayBusyWhenItIsFull() {
        // Given: three requests in the engine, which stands still
        model.scripted((tokens, row) -> await(gate));
        List<GenerationEvent> heard = new ArrayList<>();
        Flux<GenerationEvent> three = Flux.merge(
                engine.generate(request("r-1", 3)),
                engine.generate(request("r-2", 3)),
                engine.generate(request("r-3", 3)));
        var running = three.subscribe(event -> {
            synchronized (heard) {
                heard.add(event);
            }
        });

        // When / Then
        StepVerifier.create(engine.generate(request("r-4", 3)))
                .expectError(GenerationException.Busy.class)
                .verify(PATIENCE);
        running.dispose();
    }

    @Test
    void shouldEndEveryStreamWhenItIsClosedUnderLoad() throws InterruptedException {
        // Given
        CountDownLatch ended = new CountDownLatch(3);
        List<Throwable> errors = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 3; i++) {
            engine.generate(request("r-" + i, 4000))
                    .doFinally(signal -> ended.countDown())
                    .subscribe(event -> {}, errors::add);
        }

        // When
        engine.close();

        // Then
        assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(errors).hasSize(3).allMatch(error -> error instanceof GenerationException.Aborted);
        assertThat(model.isClosed()).isTrue();
        StepVerifier.create(engine.generate(request("r-9", 3)))
                .expectError(GenerationException.Aborted.class)
                .verify(PATIENCE);
    }

    @Test
    void shouldGiveNoVerdictOnRequestsOnceItIsClosed() {
        // Given
        GenerationRequest invalid = request("r-1", 3).resumedFrom(List.of(List.of(AsciiTokenizer.SIZE)));

        // When
        engine.close();

        // Then: neither valid nor invalid, whatever a closed tokenizer throws
        assertThatThrownBy(() -> engine.prepare(request("r-2", 3))).isInstanceOf(GenerationException.Aborted.class);
        assertThatThrownBy(() -> engine.prepare(invalid)).isInstanceOf(GenerationException.Aborted.class);
    }

    @Test
    void shouldBeClosedByASubscriber() {
        StepVerifier.create(engine.generate(request("r-1", 100)).doOnNext(event -> engine.close()))
                .thenConsumeWhile(event -> event instanceof GenerationEvent.TokenChunk)
                .expectError(GenerationException.Aborted.class)
                .verify(PATIENCE);
    }

    @Test
    void shouldFailEverythingWhenItDies() {
        // Given
        model.scripted((tokens, row) -> {
            throw new StackOverflowError("as the test wants");
        });

        // When / Then
        StepVerifier.create(engine.generate(request("r-1", 3)))
                .expectErrorSatisfies(error -> {
                    assertThat(error).isInstanceOf(GenerationException.Dead.class);
                    assertThat(engine.isAlive()).isFalse();
                })
                .verify(PATIENCE);
        StepVerifier.create(engine.generate(request("r-2", 3)))
                .expectError(GenerationException.Dead.class)
                .verify(PATIENCE);
        assertThatThrownBy(() -> engine.prepare(request("r-3", 3))).isInstanceOf(GenerationException.Dead.class);
    }

    @Test
    void shouldDieWhenTheModelComputesNothingAnyMore() {
        // Given
        model.failNext(Integer.MAX_VALUE, size -> true);

        // When / Then
        StepVerifier.create(engine.generate(request("r-1", 3)))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(GenerationException.Dead.class)
                        .hasMessageContaining("r-1")
                        .hasMessageContaining("as the test wants"))
                .verify(PATIENCE);
        assertThat(engine.isAlive()).isFalse();
    }

    private static GenerationEngine start(ScriptedLm model, EngineConfig config) {
        AsciiTokenizer tokenizer = new AsciiTokenizer();
        return EngineFactory.start(
                model, tokenizer, null, new LazyConstraints(tokenizer, config), config, Clock.systemUTC());
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GenerationRequest request(String id, int tokens) {
        return request(id, "Hello", tokens);
    }

    private static GenerationRequest request(String id, String prompt, int tokens) {
        SamplingParams sampling = SamplingParams.builder()
                .temperature(0)
                .ignoreEos(true)
                .maxTokens(tokens)
                .build();
        return GenerationRequest.of(id, new Prompt.Text(prompt), sampling);
    }
}
