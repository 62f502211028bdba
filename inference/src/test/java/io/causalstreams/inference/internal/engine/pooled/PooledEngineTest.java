package io.causalstreams.inference.internal.engine.pooled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.Embedding;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.GenerationRequest.Task;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.internal.model.PooledMetadata;
import io.causalstreams.inference.internal.model.PooledModel;
import io.causalstreams.inference.internal.model.StepFailedException;
import io.causalstreams.inference.internal.model.TokenRow;
import io.causalstreams.inference.internal.text.TextEncoder;
import io.causalstreams.inference.internal.text.TextFrame;
import io.causalstreams.inference.internal.text.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The engine over a model whose vector of a text is (tokens, first token's id, sum of ids). */
@Timeout(60)
class PooledEngineTest {
    private static final PooledMetadata.Embeddings VECTORS =
            new PooledMetadata.Embeddings(3, false, Map.of("query", "Q:"), null);
    private static final char BAD = '!';

    @TempDir
    Path directory;

    private final CountDownLatch gate = new CountDownLatch(1);
    private final List<Integer> passes = new CopyOnWriteArrayList<>();
    private final List<PooledEngine> engines = new ArrayList<>();
    private volatile boolean broken;

    @BeforeEach
    void writeTokenizer() throws Exception {
        Files.writeString(
                directory.resolve("tokenizer.json"),
                "{\"post_processor\":{\"type\":\"BertProcessing\",\"sep\":[\"[SEP]\",1],\"cls\":[\"[CLS]\",0]}}");
    }

    @AfterEach
    void close() {
        gate.countDown();
        engines.forEach(PooledEngine::close);
    }

    @Test
    void shouldComputeTextsOfDifferentLengthsThatWaitInOnePass() {
        // Given: the engine is busy with a first one
        PooledEngine engine = engine(VECTORS);
        CompletableFuture<Finished> first = ask(engine, embed("r-0", "x"));
        awaitPasses(1);
        CompletableFuture<Finished> second = ask(engine, embed("r-1", "a"));
        CompletableFuture<Finished> third = ask(engine, embed("r-2", "abc"));

        // When
        gate.countDown();

        // Then
        assertThat(vector(first)).isEqualTo(Embedding.of(3, 0, 1 + 'x'));
        assertThat(vector(second)).isEqualTo(Embedding.of(3, 0, 1 + 'a'));
        assertThat(vector(third)).isEqualTo(Embedding.of(5, 0, 1 + 'a' + 'b' + 'c'));
        assertThat(passes).containsExactly(1, 2);
    }

    @Test
    void shouldRunWhatHasALowerPriorityNumberFirst() {
        // Given
        PooledEngine engine = engine(VECTORS);
        List<String> ended = new CopyOnWriteArrayList<>();
        occupy(engine);
        CompletableFuture<?> late = ask(engine, embed("late", "a".repeat(1000))).thenRun(() -> ended.add("late"));
        CompletableFuture<?> early =
                ask(engine, embed("early", "b".repeat(1000)).withPriority(-1)).thenRun(() -> ended.add("early"));

        // When
        gate.countDown();
        CompletableFuture.allOf(late, early).join();

        // Then: both do not fit into one pass
        assertThat(ended).containsExactly("early", "late");
    }

    @Test
    void shouldKeepAndNormaliseTheFirstDimensions() {
        gate.countDown();
        CompletableFuture<Finished> result =
                ask(engine(VECTORS), embed("r-1", "a").withTask(new Task.Embed(2, null, false)));
        assertThat(vector(result)).isEqualTo(Embedding.of(1, 0));
    }

    @Test
    void shouldPutTheModelsPromptInFront() {
        gate.countDown();
        CompletableFuture<Finished> result =
                ask(engine(VECTORS), embed("r-1", "a").withTask(new Task.Embed(null, "query", false)));
        assertThat(vector(result)).isEqualTo(Embedding.of(5, 0, 1 + 'Q' + ':' + 'a'));
    }

    @Test
    void shouldScoreDocumentsInTheRequestsOrder() {
        gate.countDown();
        CompletableFuture<Finished> result = ask(
                engine(new PooledMetadata.Scores(false)),
                GenerationRequest.rerank("q", List.of("abc", "a")).withId("r-1"));
        assertThat(result.join().ranking()).containsExactly(7.0, 5.0);
        assertThat(result.join().usage().promptTokens()).isEqualTo(12);
    }

    @Test
    void shouldFailOnlyTheTextThatTheModelFailsOn() {
        // Given
        PooledEngine engine = engine(VECTORS);
        occupy(engine);
        CompletableFuture<Finished> bad = ask(engine, embed("bad", String.valueOf(BAD)));
        CompletableFuture<Finished> good = ask(engine, embed("good", "a"));

        // When
        gate.countDown();

        // Then
        assertThat(vector(good)).isEqualTo(Embedding.of(3, 0, 1 + 'a'));
        assertThatThrownBy(bad::join).hasCauseInstanceOf(GenerationException.Failed.class);
        assertThat(engine.isAlive()).isTrue();
    }

    @Test
    void shouldDieWhereTheModelComputesNothingAnyMore() {
        // Given
        broken = true;
        gate.countDown();
        PooledEngine engine = engine(VECTORS);

        // When
        CompletableFuture<Finished> result = ask(engine, embed("r-1", "a"));

        // Then
        assertThatThrownBy(result::join).hasCauseInstanceOf(GenerationException.Dead.class);
        assertThat(engine.isAlive()).isFalse();
        assertThatThrownBy(() -> engine.prepare(embed("r-2", "a"))).isInstanceOf(GenerationException.Dead.class);
    }

    @Test
    void shouldTellEveryRequestOfItsEndWhateverOneListenerThrows() {
        // Given
        broken = true;
        PooledEngine engine = engine(VECTORS);
        engine.generate(engine.prepare(embed("r-0", "x")), new Ended(new CompletableFuture<>()) {
            @Override
            public void onFailed(GenerationException error) {
                throw new StackOverflowError("so it was asked to");
            }
        });
        awaitPasses(1);
        CompletableFuture<Finished> second = ask(engine, embed("r-1", "a"));
        CompletableFuture<Finished> third = ask(engine, embed("r-2", "b"));

        // When
        gate.countDown();

        // Then
        assertThatThrownBy(() -> second.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(GenerationException.class);
        assertThatThrownBy(() -> third.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(GenerationException.class);
    }

    @Test
    void shouldEndWhatItsDeadlineHasPassedAndNotComputeIt() {
        // Given
        PooledEngine engine = engine(VECTORS);
        occupy(engine);
        CompletableFuture<Finished> late =
                ask(engine, embed("late", "a").withDeadline(Instant.now().minusSeconds(5)));

        // When
        gate.countDown();

        // Then
        assertThat(late.join().choices().get(0).finishReason()).isEqualTo(FinishReason.DEADLINE_EXCEEDED);
        assertThat(late.join().embedding()).isNull();
        assertThat(passes).containsExactly(1);
    }

    @Test
    void shouldRefuseMoreThanItsLimitAndTakeAnotherWhenOneIsCancelled() {
        // Given: 2 slots and 1 more
        PooledEngine engine = engine(VECTORS);
        occupy(engine);
        engine.generate(engine.prepare(embed("r-1", "x")), new Ended(new CompletableFuture<>()));
        var third = engine.generate(engine.prepare(embed("r-2", "x")), new Ended(new CompletableFuture<>()));
        assertThatThrownBy(
                        () -> engine.generate(engine.prepare(embed("r-3", "x")), new Ended(new CompletableFuture<>())))
                .isInstanceOf(GenerationException.Busy.class);

        // When
        third.cancel();

        // Then
        CompletableFuture<Finished> fourth = ask(engine, embed("r-3", "y"));
        gate.countDown();
        assertThat(vector(fourth)).isEqualTo(Embedding.of(3, 0, 1 + 'y'));
        assertThat(passes).containsExactly(1, 2);
    }

    @Test
    void shouldNameWhatItCannotDo() {
        PooledEngine engine = engine(VECTORS);
        assertInvalid(engine, GenerationRequest.text("a", 4).withId("r-1"), "task", "model tiny makes embeddings");
        assertInvalid(engine, GenerationRequest.rerank("a", List.of("b")).withId("r-1"), "task", "makes embeddings");
        assertInvalid(engine(new PooledMetadata.Scores(true)), embed("r-1", "a"), "task", "scores documents");
        assertInvalid(engine, embed("r-1", "a").withTask(new Task.Embed(4, null, false)), "dimensions", "1 to 3");
        assertInvalid(engine, embed("r-1", "a").withTask(new Task.Embed(null, "x", false)), "prompt_name", "query");
        assertInvalid(engine, embed("r-1", "a".repeat(5000)), "prompt", "has 5002 tokens, the model takes 1500");
        assertInvalid(engine, embed("r-1", "").withPrompt(new Prompt.Tokens(List.of(1, 300))), "prompt", "token 300");
    }

    @Test
    void shouldCutWhatIsTooLongWhereThatIsWanted() {
        gate.countDown();
        CompletableFuture<Finished> result =
                ask(engine(VECTORS), embed("r-1", "a".repeat(5000)).withTask(new Task.Embed(null, null, true)));
        assertThat(vector(result).at(0)).isEqualTo(1500);
    }

    private static void assertInvalid(PooledEngine engine, GenerationRequest request, String field, String message) {
        assertThatThrownBy(() -> engine.prepare(request))
                .isInstanceOfSatisfying(
                        GenerationException.Invalid.class,
                        invalid -> assertThat(invalid.parameter()).isEqualTo(field))
                .hasMessageContaining(message);
    }

    private static GenerationRequest embed(String id, String text) {
        return GenerationRequest.embed(text).withId(id);
    }

    private static Embedding vector(CompletableFuture<Finished> result) {
        return Objects.requireNonNull(
                result.orTimeout(30, TimeUnit.SECONDS).join().embedding());
    }

    private static CompletableFuture<Finished> ask(PooledEngine engine, GenerationRequest request) {
        CompletableFuture<Finished> result = new CompletableFuture<>();
        engine.generate(engine.prepare(request), new Ended(result));
        return result;
    }

    /** It computes one text, until the gate is opened. */
    private void occupy(PooledEngine engine) {
        engine.generate(engine.prepare(embed("r-0", "x")), new Ended(new CompletableFuture<>()));
        awaitPasses(1);
    }

    private void awaitPasses(int count) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (passes.size() < count && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(passes).hasSize(count);
    }

    private PooledEngine engine(PooledMetadata.Output output) {
        PooledMetadata metadata = new PooledMetadata("tiny", "fp32", "00", 256, 1500, 1, output);
        EngineConfig config = EngineConfig.defaults().withSlots(2).withMaxWaiting(1);
        PooledEngine engine = PooledEngine.start(
                new Counting(metadata), new Characters(), TextFrame.read(directory), config, Clock.systemUTC());
        engines.add(engine);
        return engine;
    }

    private static class Ended implements GenerationListener {
        private final CompletableFuture<Finished> result;

        Ended(CompletableFuture<Finished> result) {
            this.result = result;
        }

        @Override
        public void onTokens(TokenChunk tokens) {
            throw new AssertionError("a vector has no tokens");
        }

        @Override
        public void onFinished(Finished finished) {
            result.complete(finished);
        }

        @Override
        public void onFailed(GenerationException error) {
            result.completeExceptionally(error);
        }
    }

    /** Waits for the gate in every pass; fails on a text with {@value #BAD}, or on all. */
    private final class Counting implements PooledModel {
        private final PooledMetadata metadata;

        Counting(PooledMetadata metadata) {
            this.metadata = metadata;
        }

        @Override
        public PooledMetadata metadata() {
            return metadata;
        }

        @Override
        public float[][] run(List<TokenRow> rows) {
            passes.add(rows.size());
            try {
                assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (broken || rows.stream().anyMatch(row -> Arrays.stream(row.ids()).anyMatch(id -> id == BAD))) {
                throw new StepFailedException("it fails", new IllegalStateException("so it was asked to"));
            }
            return rows.stream()
                    .map(row -> new float[] {
                        row.length(), row.ids()[0], Arrays.stream(row.ids()).sum()
                    })
                    .toArray(float[][]::new);
        }

        @Override
        public void close() {}
    }

    /** A token per character, its code. */
    private static final class Characters implements TextEncoder {
        @Override
        public int[] encodeText(String text) {
            return text.chars().toArray();
        }

        @Override
        public int[] encodeTemplate(List<Tokenizer.TemplatePart> parts) {
            return parts.stream().flatMapToInt(part -> part.text().chars()).toArray();
        }

        @Override
        public void close() {}
    }
}
