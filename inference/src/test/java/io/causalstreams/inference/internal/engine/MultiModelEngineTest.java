package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.MultiModelEngine;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class MultiModelEngineTest {
    private final CountDownLatch gate = new CountDownLatch(1);
    private final ScriptedLm small = saying("s");
    private final ScriptedLm large = saying("l");
    private final MultiModelEngine engine = new MultiModelEngine("small", start(small));

    @AfterEach
    void close() {
        gate.countDown();
        engine.close();
    }

    @Test
    void shouldAnswerWithTheModelThatARequestNames() throws InterruptedException {
        engine.load("large", start(large));
        engine.alias("gpt", "large");

        assertThat(answer("small")).isEqualTo("sss");
        assertThat(answer("large")).isEqualTo("lll");
        assertThat(answer("gpt")).isEqualTo("lll");
        assertThat(answer(null)).isEqualTo("sss");
        engine.makeDefault("large");
        assertThat(answer(null)).isEqualTo("lll");
    }

    @Test
    void shouldReportFactsUnderTheNamesModelsAreServedBy() throws InterruptedException {
        engine.load("large", start(large));
        engine.alias("gpt", "large");

        assertThat(engine.model().name()).isEqualTo("small");
        assertThat(engine.model("gpt").name()).isEqualTo("large");
        assertThat(engine.engines()).containsOnlyKeys("small", "large");
        assertThat(engine.stats().slots()).isEqualTo(2 * EngineHarness.CONFIG.slots());
    }

    @Test
    void shouldRefuseAnUnknownModelWithTheListOfThose() throws InterruptedException {
        engine.load("large", start(large));
        engine.alias("gpt", "large");

        assertThatThrownBy(() -> engine.prepare(request("huge")))
                .isInstanceOfSatisfying(
                        GenerationException.Invalid.class,
                        e -> assertThat(e.parameter()).isEqualTo("model"))
                .hasMessage("request r-1: there is no model 'huge'; name one of small, large, gpt");
        assertThatThrownBy(() -> engine.model("huge")).isInstanceOf(GenerationException.Invalid.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCloseAModelOnlyWhenItsLastRequestHasEnded(boolean cancelled) throws Exception {
        // Given: a request that stands still
        large.scripted((tokens, row) -> await(gate));
        engine.load("large", start(large));
        Recorder recorder = new Recorder();
        var generation = engine.generate(engine.prepare(request("large")), recorder);

        // When
        Thread unloading = new Thread(() -> unload("large"), "unload");
        unloading.start();
        awaitUnknown("large");

        // Then: it runs on, takes no other, and ends
        assertThat(large.isClosed()).isFalse();
        assertThat(answer("small")).isEqualTo("sss");
        if (cancelled) {
            generation.cancel();
        }
        gate.countDown();
        unloading.join(TimeUnit.SECONDS.toMillis(30));
        assertThat(unloading.isAlive()).isFalse();
        assertThat(large.isClosed()).isTrue();
        if (!cancelled) {
            assertThat(recorder.awaitEnd().choice(0).finishReason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void shouldRunARequestOnTheModelThatHasReplacedTheOneItWasPreparedBy() throws InterruptedException {
        // Given
        PreparedRequest prepared = engine.prepare(request("small"));

        // When
        engine.load("small", start(large));
        Recorder recorder = new Recorder();
        engine.generate(prepared, recorder);

        // Then
        assertThat(recorder.awaitEnd().emittedText(0)).isEqualTo("lll");
        assertThat(small.isClosed()).isTrue();
    }

    @Test
    void shouldRefuseARequestWhoseModelWasUnloadedSinceItWasPrepared() throws InterruptedException {
        // Given
        engine.load("large", start(large));
        PreparedRequest prepared = engine.prepare(request("large")).resumedFrom(List.of(List.of(65)));

        // When
        engine.unload("large");

        // Then
        assertThatThrownBy(() -> engine.generate(prepared, new Recorder()))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("there is no model 'large'");
    }

    @Test
    void shouldKeepItsNamesApart() throws InterruptedException {
        engine.load("large", start(large));
        engine.alias("gpt", "large");

        assertThatThrownBy(() -> engine.unload("small")).hasMessageContaining("is the default");
        assertThatThrownBy(() -> engine.alias("small", "large")).hasMessageContaining("is the name of a model");
        assertThatThrownBy(() -> engine.alias("gpt", "huge")).hasMessageContaining("name one of small, large");
        ScriptedLm third = saying("t");
        GenerationEngine unused = start(third);
        assertThatThrownBy(() -> engine.load("gpt", unused)).hasMessageContaining("is an alias of 'large'");
        unused.close();
        engine.unload("large");
        assertThatThrownBy(() -> engine.model("gpt")).hasMessageContaining("name one of small");
    }

    private String answer(@Nullable String model) {
        Recorder recorder = new Recorder();
        engine.generate(engine.prepare(request(model)), recorder);
        return recorder.awaitEnd().emittedText(0);
    }

    private void unload(String name) {
        try {
            engine.unload(name);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitUnknown(String name) throws InterruptedException {
        while (engine.engines().containsKey(name)) {
            Thread.sleep(1);
        }
    }

    private static GenerationRequest request(@Nullable String model) {
        return GenerationRequest.of("r-1", new Prompt.Text("Hello"), SamplingParams.greedy(3))
                .withModel(model);
    }

    /** A model that says one letter only. */
    private static ScriptedLm saying(String letter) {
        int token = new AsciiTokenizer().encodeText(letter)[0];
        return new ScriptedLm(4, 128, AsciiTokenizer.SIZE).scripted((tokens, row) -> row[token] = 1000);
    }

    private static GenerationEngine start(ScriptedLm model) {
        AsciiTokenizer tokenizer = new AsciiTokenizer();
        return EngineFactory.start(
                model,
                tokenizer,
                null,
                new LazyConstraints(tokenizer, EngineHarness.CONFIG),
                EngineHarness.CONFIG,
                Clock.systemUTC());
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
