package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests whose constraint takes long to compile. */
class LateConstraintTest {

    private static final OutputConstraint SLOW = new OutputConstraint.Choice(List.of("slow"));
    private static final OutputConstraint REFUSED = new OutputConstraint.Choice(List.of());

    private final ConstraintCompiler compiler = new ConstraintCompiler(new AsciiTokenizer());
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger compiled = new AtomicInteger();
    private final LazyConstraints constraints = new LazyConstraints(this::compile, Duration.ofMillis(20), task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
    });
    private final GenerationEngine engine = engine(constraints);

    private static GenerationEngine engine(Function<OutputConstraint, TokenConstraint> constraints) {
        ScriptedLm model = new ScriptedLm(4, 128, AsciiTokenizer.SIZE);
        return EngineFactory.start(
                model, new AsciiTokenizer(), null, constraints, EngineHarness.CONFIG, Clock.systemUTC());
    }

    private TokenConstraint compile(OutputConstraint constraint) {
        compiled.incrementAndGet();
        try {
            assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return compiler.compile(constraint);
    }

    @AfterEach
    void close() {
        gate.countDown();
        engine.close();
    }

    @Test
    void shouldWaitInTheEngineAndLeaveOthersAlone() {
        // Given
        Recorder late = new Recorder();
        Recorder alike = new Recorder();
        generate("late", SLOW, late);
        generate("alike", SLOW, alike);

        // When
        Recorder other = new Recorder();
        generate("other", null, other);
        other.awaitEnd();

        // Then
        assertThat(late.hasEnded()).isFalse();
        gate.countDown();
        assertThat(late.awaitEnd().choice(0).text()).isEqualTo("slow");
        assertThat(alike.awaitEnd().choice(0).text()).isEqualTo("slow");
        assertThat(compiled).hasValue(1);
    }

    @Test
    void shouldFailTheRequestWithWhatTheCompilerSaysAsIfItHadBeenInTime() {
        // Given
        Recorder late = new Recorder();
        generate("late", REFUSED, late);

        // When
        gate.countDown();
        late.awaitEnd();

        // Then
        assertThat(late.error).isInstanceOf(Invalid.class).hasMessageContaining("choice is empty");
        assertThatThrownBy(() ->
                        new LazyConstraints(compiler::compile, Duration.ofSeconds(30), Runnable::run).apply(REFUSED))
                .isInstanceOf(Invalid.class)
                .hasMessage(String.valueOf(Objects.requireNonNull(late.error).getMessage()));
    }

    @Test
    void shouldGoOnWhereAResumedAnswerWasWithoutKeepingItsSubmitterWaiting() {
        // Given
        Recorder late = new Recorder();
        List<Integer> tokens = List.of(AsciiTokenizer.token('s'), AsciiTokenizer.token('l'));
        PreparedRequest resumed = engine.prepare(request("late", SLOW)).resumedFrom(List.of(tokens));

        // When: this returns although nothing is compiled
        engine.generate(resumed, late);
        gate.countDown();

        // Then
        assertThat(late.awaitEnd().choice(0).text()).isEqualTo("slow");
        assertThat(late.emittedText(0)).isEqualTo("ow");
    }

    @Test
    void shouldBeCancelledWhileItWaits() {
        // Given
        Recorder late = new Recorder();
        Generation generation = generate("late", SLOW, late);

        // When
        generation.cancel();
        gate.countDown();
        Recorder next = new Recorder();
        generate("next", SLOW, next);
        next.awaitEnd();

        // Then
        assertThat(late.hasEnded()).isFalse();
        assertThat(late.chunks).isEmpty();
    }

    @Test
    void shouldBeAbortedWhenTheEngineIsClosedMeanwhile() {
        // Given
        Recorder late = new Recorder();
        generate("late", SLOW, late);

        // When
        engine.close();

        // Then
        assertThat(late.error).isInstanceOf(GenerationException.Aborted.class);
    }

    @Test
    void shouldEndAtItsDeadlineWhileItWaits() {
        // Given
        Recorder late = new Recorder();
        GenerationRequest request =
                request("late", SLOW).withDeadline(Instant.now().plusMillis(100));

        // When
        engine.generate(engine.prepare(request), late);

        // Then
        assertThat(late.awaitEnd().choice(0).finishReason()).isEqualTo(FinishReason.DEADLINE_EXCEEDED);
    }

    private Generation generate(String id, @Nullable OutputConstraint form, Recorder recorder) {
        return engine.generate(engine.prepare(request(id, form)), recorder);
    }

    private static GenerationRequest request(String id, @Nullable OutputConstraint form) {
        SamplingParams.Builder sampling = SamplingParams.builder().maxTokens(8).temperature(0.0);
        return GenerationRequest.of(
                id, new Prompt.Text("Go"), (form == null ? sampling : sampling.constraint(form)).build());
    }
}
