package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.model.StepFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RobustnessTest {
    private static final SamplingParams TEN = SamplingParams.builder()
            .temperature(0)
            .maxTokens(10)
            .ignoreEos(true)
            .build();
    private static final SamplingParams TWO_CHOICES =
            SamplingParams.builder().n(2).maxTokens(10).ignoreEos(true).build();

    @Test
    void shouldRepeatAStepThatFailedOnceWithoutATrace() {
        // Given
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG);
        Recorder recorder = engine.submit("r-1", "Hello", TEN);
        engine.step();
        engine.step();

        // When
        engine.model.failNext(1, rows -> true);
        engine.drain();

        // Then
        assertThat(recorder.finished()).isEqualTo(alone("Hello").finished());
        assertThat(recorder.emittedTokens(0)).isEqualTo(alone("Hello").emittedTokens(0));
    }

    @Test
    void shouldFailOnlyTheRequestsOfThePassThatFailedTwice() {
        // Given
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG);
        Recorder healthy = engine.submit("r-1", "Hello", TEN);
        engine.step();

        // When: the second request's prompt of 7 tokens cannot be computed
        engine.model.failNext(2, size -> size == 7);
        Recorder broken = engine.submit("r-2", "Goodbye", TEN);
        engine.drain();

        // Then
        assertThat(broken.error).isInstanceOf(GenerationException.Failed.class).hasMessageContaining("r-2");
        assertThat(healthy.finished()).isEqualTo(alone("Hello").finished());
    }

    @Test
    void shouldNotBlameARequestWhenTheModelComputesNothingAnyMore() {
        // Given
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG);
        Recorder first = engine.submit("r-1", "Hello", TEN);
        Recorder second = engine.submit("r-2", "World", TEN);
        engine.step();

        // When
        engine.model.failNext(Integer.MAX_VALUE, size -> true);

        // Then
        assertThatThrownBy(engine::step).isInstanceOf(StepFailedException.class);
        assertThat(first.error).isNull();
        assertThat(second.error).isNull();
    }

    @Test
    void shouldFailTheRequestWhoseLogitsAreNotNumbersAndNobodyElse() {
        // Given
        ScriptedLm model = new ScriptedLm(4, 128, AsciiTokenizer.SIZE).scripted((tokens, row) -> {
            if (tokens[0] == AsciiTokenizer.token('N') && tokens.length == 8) {
                row[5] = Float.NaN;
            }
        });
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG, model);

        // When
        Recorder broken = engine.submit("r-1", "NaN", TEN);
        Recorder healthy = engine.submit("r-2", "Hello", TEN);
        engine.drain();

        // Then
        assertThat(broken.error).isInstanceOf(GenerationException.Failed.class).hasMessageContaining("NaN");
        assertThat(broken.chunks).hasSize(5);
        assertThat(healthy.finished().choices())
                .isEqualTo(alone("Hello").finished().choices());
    }

    @Test
    void shouldGiveTheSlotBackWithinOneStepOfACancel() {
        // Given
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG.withSlots(1));
        EngineHarness.Submitted first = engine.submitRun(request("r-1", "Hello"));
        Recorder second = engine.submit("r-2", "World", TEN);
        engine.step();
        int heard = first.recorder().chunks.size();

        // When
        engine.queue.cancel(first.run());
        engine.step();

        // Then
        assertThat(second.chunks).hasSize(1);
        assertThat(first.recorder().chunks).hasSize(heard);
        assertThat(first.recorder().hasEnded()).isFalse();
    }

    @Test
    void shouldEndARunningRequestAtItsDeadlineWithTheTextSoFar() {
        // Given
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG);
        Recorder recorder = engine.submit(withDeadline("r-1", engine.clock, Duration.ofSeconds(1)));
        engine.step();
        engine.step();

        // When
        engine.clock.advance(Duration.ofSeconds(1));
        engine.step();

        // Then
        assertThat(recorder.choice(0).finishReason()).isEqualTo(FinishReason.DEADLINE_EXCEEDED);
        assertThat(recorder.choice(0).tokenIds()).hasSize(2);
        assertThat(recorder.choice(0).text()).isEqualTo(recorder.emittedText(0));
        assertThat(engine.loop.stats().running()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {-86_400, -30, 30, 86_400})
    void shouldKeepTheTimeUntilADeadlineWhenTheClockIsSet(long secondsAhead) {
        // Given: one under way
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG);
        Recorder before = engine.submit(withDeadline("before", engine.clock, Duration.ofSeconds(10)));
        engine.step();

        // When: the clock is set; another comes, with a deadline by the new time
        engine.clock.set(Duration.ofSeconds(secondsAhead));
        Recorder after = engine.submit(withDeadline("after", engine.clock, Duration.ofSeconds(10)));
        engine.step();

        // Then: no time has passed, so neither has; ten seconds later both have
        assertThat(before.hasEnded()).isFalse();
        assertThat(after.hasEnded()).isFalse();
        engine.clock.advance(Duration.ofSeconds(10));
        engine.step();
        assertThat(before.choice(0).finishReason()).isEqualTo(FinishReason.DEADLINE_EXCEEDED);
        assertThat(after.choice(0).finishReason()).isEqualTo(FinishReason.DEADLINE_EXCEEDED);
    }

    @Test
    void shouldNeverComputeExpiredWork() {
        // Given
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG);
        Recorder recorder = engine.submit(withDeadline("r-1", engine.clock, Duration.ZERO));

        // When
        engine.drain();

        // Then
        assertThat(recorder.choice(0).finishReason()).isEqualTo(FinishReason.DEADLINE_EXCEEDED);
        assertThat(engine.model.passes).isEmpty();
    }

    @Test
    void shouldRefuseWhatIsMoreThanItTakesAndForgetTheRefused() {
        // Given
        EngineConfig config = EngineHarness.CONFIG.withSlots(1).withMaxWaiting(1);
        EngineHarness engine = new EngineHarness(config);
        engine.submit("r-1", "a", TEN);
        engine.submit("r-2", "b", TEN);

        // When / Then
        assertThatThrownBy(() -> engine.submit("r-3", "c", TEN))
                .isInstanceOf(GenerationException.Busy.class)
                .hasMessageContaining("r-3");
        engine.drain();
        Recorder later = engine.submit("r-3", "c", TEN);
        engine.drain();
        assertThat(later.finished().choices()).isEqualTo(alone("c").finished().choices());
    }

    @Test
    void shouldHaveRoomForTheNextWhenItTellsAnEnd() {
        // Given: an engine that is full, and a listener that submits another request at the end of its own
        EngineHarness engine =
                new EngineHarness(EngineHarness.CONFIG.withSlots(1).withMaxWaiting(1));
        List<Recorder> next = new ArrayList<>();
        engine.submit(GenerationRequest.of("r-1", new Prompt.Text("a"), TEN), new GenerationListener() {
            @Override
            public void onTokens(GenerationEvent.TokenChunk tokens) {}

            @Override
            public void onFinished(GenerationEvent.Finished finished) {
                next.add(engine.submit("r-3", "c", TEN));
            }

            @Override
            public void onFailed(GenerationException error) {}
        });
        engine.submit("r-2", "b", TEN);

        // When
        engine.drain();

        // Then
        assertThat(next).hasSize(1);
        assertThat(next.get(0).finished().choices())
                .isEqualTo(alone("c").finished().choices());
    }

    @Test
    void shouldAbortEveryRequestWhenItIsClosed() {
        // Given
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG.withSlots(1));
        Recorder running = engine.submit("r-1", "a", TEN);
        Recorder waiting = engine.submit("r-2", "b", TEN);
        engine.step();
        Recorder submitted = engine.submit("r-3", "c", TEN);

        // When
        engine.loop.abort(id -> new GenerationException.Aborted(id));

        // Then
        for (Recorder recorder : List.of(running, waiting, submitted)) {
            assertThat(recorder.error).isInstanceOf(GenerationException.Aborted.class);
        }
    }

    @Test
    void shouldTellEveryRequestOfItsEndWhateverOneListenerThrows() {
        // Given: two chunks a step for a listener that cannot take any, or the end
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG);
        List<GenerationException> told = new ArrayList<>();
        GenerationRequest two = GenerationRequest.of("r-1", new Prompt.Text("a"), TWO_CHOICES);
        engine.submit(two, new GenerationListener() {
            @Override
            public void onTokens(GenerationEvent.TokenChunk tokens) {
                throw new StackOverflowError("as the test wants");
            }

            @Override
            public void onFinished(GenerationEvent.Finished finished) {}

            @Override
            public void onFailed(GenerationException error) {
                told.add(error);
                throw new StackOverflowError("as the test wants");
            }
        });
        Recorder behind = engine.submit("r-2", "b", TEN);
        assertThatThrownBy(engine::drain).isInstanceOf(StackOverflowError.class);

        // When
        engine.loop.abort(id -> new GenerationException.Dead(id, new StackOverflowError()));

        // Then
        assertThat(told).hasSize(1).first().isInstanceOf(GenerationException.Dead.class);
        assertThat(behind.error).isInstanceOf(GenerationException.Dead.class);
        assertThat(engine.loop.runs()).isEmpty();
    }

    @Test
    void shouldLeaveNothingBehindAfterManyRequests() {
        // Given
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG.withPrefixCacheTokens(100));

        // When
        for (int i = 0; i < 2_000; i++) {
            EngineHarness.Submitted submitted = engine.submitRun(request("r-" + i, "Hello " + i));
            engine.step();
            if (i % 3 == 0) {
                engine.queue.cancel(submitted.run());
            }
        }
        engine.drain();

        // Then
        assertThat(engine.loop.runs()).isEmpty();
        assertThat(engine.loop.stats().running()).isZero();
        assertThat(engine.loop.stats().backlogTokens()).isZero();
        assertThat(engine.loop.slots().freeSlots()).isEqualTo(4);
    }

    @Test
    void shouldStopAtTheEndOfTheContext() {
        // Given
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG.withMaxContextTokens(16));
        SamplingParams endless =
                SamplingParams.builder().temperature(0).ignoreEos(true).build();

        // When
        Recorder recorder = engine.submit("r-1", "0123456789", endless);
        engine.drain();

        // Then
        assertThat(recorder.choice(0).tokenIds()).hasSize(6);
        assertThat(recorder.choice(0).finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThatThrownBy(() -> engine.submit("r-2", "0123456789abcdef", endless))
                .isInstanceOfSatisfying(GenerationException.Invalid.class, invalid -> {
                    assertThat(invalid.parameter()).isEqualTo("prompt");
                    assertThat(invalid).hasMessageContaining("prompt has 16 tokens, the context holds 16");
                });
    }

    private static Recorder alone(String prompt) {
        return EngineHarness.alone(EngineHarness.CONFIG, request("r-1", prompt));
    }

    private static GenerationRequest request(String id, String prompt) {
        return GenerationRequest.of(id, new Prompt.Text(prompt), TEN);
    }

    private static GenerationRequest withDeadline(String id, TestClock clock, Duration in) {
        return request(id, "Hello")
                .withDeadline(Objects.requireNonNull(clock.instant()).plus(in));
    }
}
