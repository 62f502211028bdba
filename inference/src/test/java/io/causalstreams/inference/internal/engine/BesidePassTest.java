package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.constraint.mask.Vocabulary;
import io.causalstreams.inference.testing.Seeds;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine that leaves work to the next pass says what one says that does it at once. */
@Timeout(60)
class BesidePassTest {
    private static final EngineConfig CONFIG = EngineHarness.CONFIG.withMaxWaiting(300);
    private static final SamplingParams TEN = SamplingParams.builder()
            .temperature(0)
            .ignoreEos(true)
            .maxTokens(10)
            .build();

    @Test
    void shouldSendTheSameEventsInTheSameOrderWhateverIsAsked() {
        // Given
        Random random = Seeds.random();
        EngineConfig config = CONFIG.withSpeculation(true);
        EngineHarness atOnce = new EngineHarness(config);
        EngineHarness beside = new EngineHarness(config, model());
        List<Recorder> expected = new ArrayList<>();
        List<Recorder> actual = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            GenerationRequest request =
                    GenerationRequest.of("r-" + i, new Prompt.Text("prompt " + random.nextInt(50)), params(random));
            expected.add(atOnce.submit(request));
            actual.add(beside.submit(request));
        }

        // When: passes fail now and then, once
        for (EngineHarness engine : List.of(atOnce, beside)) {
            for (int step = 0; engine.step(); step++) {
                if (step % 17 == 0) {
                    engine.model.failNext(1, rows -> true);
                }
            }
        }

        // Then
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i).finished()).isEqualTo(expected.get(i).finished());
            assertThat(actual.get(i).chunks).isEqualTo(expected.get(i).chunks);
        }
        assertThat(beside.model.passes).isEqualTo(atOnce.model.passes);
    }

    @Test
    void shouldSendEventsWhileTheNextPassRuns() {
        // Given: a listener that takes no second token before the third one's pass runs
        CountDownLatch thirdPass = new CountDownLatch(1);
        ScriptedLm model = model().scripted((tokens, row) -> {
            if (tokens.length == "Hello".length() + 2) {
                thirdPass.countDown();
            }
        });
        EngineHarness engine = new EngineHarness(CONFIG, model);
        AtomicBoolean inTime = new AtomicBoolean();

        // When
        submit(engine, "r-1", chunk -> {
            if (chunk.tokenIndex() == 1) {
                inTime.set(within10Seconds(thirdPass));
            }
        });
        engine.drain();

        // Then
        assertThat(inTime).isTrue();
    }

    @Test
    void shouldHoldTheEngineUpByASlowListenerForAStepAtMost() {
        // Given
        EngineHarness engine = new EngineHarness(CONFIG, model());
        AtomicInteger heard = new AtomicInteger();
        List<Integer> behind = new ArrayList<>();
        submit(engine, "r-1", chunk -> {
            sleep(3);
            heard.incrementAndGet();
        });

        // When
        while (engine.step()) {
            behind.add((int) engine.loop.stats().completionTokens() - heard.get());
        }

        // Then
        assertThat(behind).allMatch(tokens -> tokens <= 1);
        assertThat(heard).hasValue(10);
    }

    @Test
    void shouldSayNothingAfterACancellation() {
        // Given
        EngineHarness engine = new EngineHarness(CONFIG, model());
        List<Integer> heard = new CopyOnWriteArrayList<>();
        List<RequestRun> runs = new ArrayList<>();
        runs.add(submit(engine, "r-1", chunk -> {
            heard.add(chunk.tokenIndex());
            if (chunk.tokenIndex() == 3) {
                engine.queue.cancel(runs.get(0));
            }
        }));
        Recorder other = engine.submit(request("r-2"));

        // When
        engine.drain();

        // Then
        assertThat(heard).containsExactly(0, 1, 2, 3);
        assertThat(other.finished().usage().completionTokens()).isEqualTo(10);
        assertThat(engine.loop.stats().running()).isZero();
    }

    @Test
    void shouldDropAListenerThatThrowsAndNobodyElse() {
        // Given
        EngineHarness engine = new EngineHarness(CONFIG, model());
        List<Integer> heard = new CopyOnWriteArrayList<>();
        submit(engine, "r-1", chunk -> {
            heard.add(chunk.tokenIndex());
            if (chunk.tokenIndex() == 3) {
                throw new IllegalStateException("as the test wants");
            }
        });
        Recorder other = engine.submit(request("r-2"));

        // When
        engine.drain();

        // Then
        assertThat(heard).containsExactly(0, 1, 2, 3);
        assertThat(other.finished().usage().completionTokens()).isEqualTo(10);
        assertThat(engine.loop.slots().freeSlots()).isEqualTo(CONFIG.slots());
    }

    @Test
    void shouldSendWhatWasThereBeforeAPassFailedForGood() {
        // Given
        EngineHarness engine = new EngineHarness(CONFIG, model());
        Recorder recorder = engine.submit(request("r-1"));
        engine.step();
        engine.step();

        // When
        engine.model.failNext(2, rows -> true);
        engine.drain();

        // Then
        assertThat(recorder.error).isInstanceOf(GenerationException.Failed.class);
        assertThat(recorder.chunks).hasSize(2);
    }

    @Test
    void shouldEndAtItsDeadlineWithTheTextSoFar() {
        // Given
        EngineHarness engine = new EngineHarness(CONFIG, model());
        Recorder recorder =
                engine.submit(request("r-1").withDeadline(engine.clock.instant().plusSeconds(1)));
        engine.step();
        engine.step();

        // When
        engine.clock.advance(Duration.ofSeconds(1));
        engine.step();

        // Then
        assertThat(recorder.choice(0).finishReason()).isEqualTo(FinishReason.DEADLINE_EXCEEDED);
        assertThat(recorder.chunks).hasSize(2);
        assertThat(recorder.choice(0).text()).isEqualTo(recorder.emittedText(0));
    }

    @Test
    void shouldTakeAListenersErrorForItsOwn() {
        EngineHarness engine = new EngineHarness(CONFIG, model());
        submit(engine, "r-1", chunk -> {
            throw new StackOverflowError("as the test wants");
        });

        assertThatThrownBy(engine::drain).isInstanceOf(StackOverflowError.class).hasMessage("as the test wants");
    }

    @Test
    void shouldComputeMasksWhileTheNextPassRuns() {
        // Given: a pass lasts until the mask is there that its logits are read by
        CountingConstraint constraint = new CountingConstraint();
        ScriptedLm model = model().scripted((tokens, row) -> {
            if (tokens.length > "Hello".length()) {
                constraint.awaitNext();
            }
        });
        EngineHarness engine = new EngineHarness(CONFIG, model);
        engine.constraint = constraint;
        SamplingParams sampling = SamplingParams.builder()
                .temperature(0)
                .maxTokens(10)
                .constraint(new OutputConstraint.Regex("x*"))
                .build();

        // When
        Recorder recorder = engine.submit("r-1", "Hello", sampling);
        engine.drain();

        // Then: one mask for each of ten tokens, only the first on the engine's thread
        assertThat(recorder.finished().usage().completionTokens()).isEqualTo(10);
        assertThat(constraint.masks).hasSize(10);
        assertThat(constraint.masks.subList(1, 10)).containsOnly("causal-streams-events");
    }

    @Test
    void shouldSayThatAConstraintCannotBeMetAlsoIfThatWasSeenBesideAPass() {
        // Given: a model that begins with an n, and a vocabulary that has an o only as no
        int n = AsciiTokenizer.token('n');
        AsciiTokenizer tokenizer = new AsciiTokenizer() {
            @Override
            public byte[] bytesOf(int tokenId) {
                return tokenId == token('o') ? new byte[] {'n', 'o'} : super.bytesOf(tokenId);
            }
        };
        EngineHarness engine = new EngineHarness(CONFIG, model().scripted((tokens, row) -> row[n] = 100));
        OutputConstraint constraint = new OutputConstraint.Choice(List.of("no"));
        engine.constraint = new ConstraintCompiler(Vocabulary.of(tokenizer)).compile(constraint);
        SamplingParams sampling =
                SamplingParams.builder().constraint(constraint).build();
        EngineHarness.Submitted submitted =
                engine.submitRun(GenerationRequest.of("r-1", new Prompt.Text("Hello"), sampling));
        engine.step();

        // When
        submitted.run().prepareMasks();
        engine.drain();

        // Then
        assertThat(submitted.recorder().error)
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("no token of the vocabulary can follow");
    }

    @Test
    void shouldHaveRoomForTheNextWhenItTellsThatATokenCannotBeShown() {
        // Given: an engine that is full, and a listener that submits another request at the end of its own
        EngineConfig one = CONFIG.withSlots(1).withMaxWaiting(1);
        EngineHarness engine = new EngineHarness(one, new ScriptedLm(1, 128, AsciiTokenizer.SIZE).leavingHostFree());
        List<GenerationException> errors = new ArrayList<>();
        List<Recorder> next = new ArrayList<>();
        RequestRun run = engine.submit(request("r-1"), new GenerationListener() {
            @Override
            public void onTokens(GenerationEvent.TokenChunk tokens) {}

            @Override
            public void onFinished(GenerationEvent.Finished finished) {}

            @Override
            public void onFailed(GenerationException error) {
                errors.add(error);
                next.add(engine.submit(request("r-3")));
            }
        });
        engine.submit(request("r-2"));
        engine.step();

        // When
        run.emit(() -> {
            throw new IllegalStateException("as the test wants");
        });
        engine.drain();

        // Then
        assertThat(errors).hasSize(1).first().isInstanceOf(GenerationException.Failed.class);
        assertThat(next).hasSize(1);
        assertThat(next.get(0).finished().usage().completionTokens()).isEqualTo(10);
    }

    @Test
    void shouldBeClosedByAListenerBesideAPass() throws InterruptedException {
        // Given
        GenerationEngine engine = start(model());
        CountDownLatch ended = new CountDownLatch(1);
        List<GenerationException> errors = new CopyOnWriteArrayList<>();

        // When
        engine.generate(engine.prepare(request("r-1")), new GenerationListener() {
            @Override
            public void onTokens(GenerationEvent.TokenChunk tokens) {
                engine.close();
            }

            @Override
            public void onFinished(GenerationEvent.Finished finished) {
                ended.countDown();
            }

            @Override
            public void onFailed(GenerationException error) {
                errors.add(error);
                ended.countDown();
            }
        });

        // Then
        assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(errors).hasSize(1).first().isInstanceOf(GenerationException.Aborted.class);
    }

    private static ScriptedLm model() {
        return new ScriptedLm(CONFIG.slots(), 128, AsciiTokenizer.SIZE).leavingHostFree();
    }

    private static GenerationEngine start(ScriptedLm model) {
        AsciiTokenizer tokenizer = new AsciiTokenizer();
        return EngineFactory.start(
                model, tokenizer, null, new LazyConstraints(tokenizer, CONFIG), CONFIG, Clock.systemUTC());
    }

    private static GenerationRequest request(String id) {
        return GenerationRequest.of(id, new Prompt.Text("Hello"), TEN);
    }

    private static SamplingParams params(Random random) {
        SamplingParams.Builder builder = SamplingParams.builder()
                .maxTokens(1 + random.nextInt(30))
                .temperature(random.nextBoolean() ? 0 : 0.8)
                .n(random.nextInt(4) == 0 ? 2 : 1);
        if (random.nextInt(3) == 0) {
            builder.stop(List.of("" + (char) ('a' + random.nextInt(26)), "th"));
        }
        if (random.nextInt(4) == 0) {
            builder.logprobs(random.nextInt(4));
        }
        return builder.build();
    }

    /** Whose listener is the engine's affair. */
    private interface Tokens {
        void take(GenerationEvent.TokenChunk chunk);
    }

    private static RequestRun submit(EngineHarness engine, String id, Tokens tokens) {
        return engine.submit(request(id), new GenerationListener() {
            @Override
            public void onTokens(GenerationEvent.TokenChunk chunk) {
                tokens.take(chunk);
            }

            @Override
            public void onFinished(GenerationEvent.Finished finished) {}

            @Override
            public void onFailed(GenerationException error) {}
        });
    }

    private static boolean within10Seconds(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Allows everything, and notes which thread computes each mask. */
    private static final class CountingConstraint implements TokenConstraint {
        private final List<String> masks = new CopyOnWriteArrayList<>();
        private final Semaphore next = new Semaphore(-1); // the first one is computed behind a pass

        /** Waits until there is one more than before, or 10 s. */
        void awaitNext() {
            try {
                next.tryAcquire(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public State start() {
            return new Anywhere();
        }

        private final class Anywhere implements State {
            private final BitSet all = new BitSet();

            @Override
            public BitSet allowed() {
                if (all.isEmpty()) {
                    all.set(1, AsciiTokenizer.SIZE);
                    masks.add(Thread.currentThread().getName());
                    next.release();
                }
                return all;
            }

            @Override
            public boolean accepting() {
                return false;
            }

            @Override
            public boolean acceptsAfter(byte[] bytes) {
                return false;
            }

            @Override
            public State after(int tokenId) {
                return new Anywhere();
            }
        }
    }
}
