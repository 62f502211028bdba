package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.GenerationRequest.Task;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Documents ranked by a model that generates text and has no chat template. */
@Timeout(60)
class RerankTest {
    private static final List<String> DOCUMENTS = List.of("Rain in Oslo.", "Sun.", "Rain.");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ScriptedLm model = new ScriptedLm(2, 4096, AsciiTokenizer.SIZE);
    private final GenerationEngine engine = EngineFactory.start(
            model,
            new AsciiTokenizer(),
            null,
            constraint -> {
                throw new AssertionError();
            },
            EngineHarness.CONFIG.withSlots(2).withMaxWaiting(2),
            Clock.systemUTC());

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void shouldScoreEachDocumentAsItIsClassifiedAlone() {
        // When
        Finished ranked = run(GenerationRequest.rerank("weather", DOCUMENTS));

        // Then
        List<Double> scores = Objects.requireNonNull(ranked.ranking());
        int tokens = 0;
        for (int i = 0; i < DOCUMENTS.size(); i++) {
            Finished alone =
                    run(GenerationRequest.of("", new Prompt.Text(judged(DOCUMENTS.get(i))), SamplingParams.greedy(1))
                            .withTask(new Task.Classify(List.of("yes", "no"))));
            assertThat(scores.get(i))
                    .isCloseTo(
                            Objects.requireNonNull(alone.classification())
                                    .get(0)
                                    .probability(),
                            within(1e-9));
            tokens += alone.usage().promptTokens();
        }
        assertThat(ranked.usage().promptTokens()).isEqualTo(tokens);
    }

    @Test
    void shouldScoreByTheMeanLogprobOfTheQuery() {
        // When
        Task.Rerank task = new Task.Rerank(DOCUMENTS, null, Task.Scoring.QUERY_LOGPROB, false);
        Finished ranked = run(GenerationRequest.rerank("weather", DOCUMENTS).withTask(task));

        // Then
        String prompt = "Passage: " + DOCUMENTS.get(1) + "\nPlease write a question based on this passage.\nQuestion: ";
        Finished alone = run(GenerationRequest.of("", new Prompt.Text(prompt), SamplingParams.greedy(1))
                .withTask(new Task.Classify(List.of("weather"))));
        double logprob = Objects.requireNonNull(alone.classification()).get(0).logprob();
        assertThat(Objects.requireNonNull(ranked.ranking()).get(1))
                .isCloseTo(logprob / "weather".length(), within(1e-9));
    }

    @Test
    void shouldLeaveNothingBehindWhereNotAllDocumentsFindAPlace() throws InterruptedException {
        // Given: a place is taken
        var held =
                engine.generate(engine.prepare(GenerationRequest.text("a", 4000).withId("held")), new Recorder());
        Recorder recorder = new Recorder();
        GenerationRequest four =
                GenerationRequest.rerank("q", Collections.nCopies(4, "a")).withId("r-1");

        // When, Then
        assertThatThrownBy(() -> engine.generate(engine.prepare(four), recorder))
                .isInstanceOf(GenerationException.Busy.class);
        held.cancel();
        Recorder later = new Recorder();
        while (!later.hasEnded()) {
            try {
                engine.generate(engine.prepare(four), later);
                later.awaitEnd();
            } catch (GenerationException.Busy e) {
                Thread.sleep(5); // what was cancelled leaves in the next step
            }
        }
        assertThat(later.finished().ranking()).hasSize(4);
        assertThat(recorder.hasEnded()).isFalse();
    }

    @Test
    void shouldNameWhatItCannotRank() {
        assertInvalid(GenerationRequest.rerank("q", List.of()), "documents");
        assertInvalid(GenerationRequest.rerank("q", Collections.nCopies(5, "a")), "documents");
        assertInvalid(GenerationRequest.rerank("q", List.of("a".repeat(5000))), "documents");
        assertInvalid(GenerationRequest.rerank("", List.of("a")), "query");
        assertInvalid(
                GenerationRequest.rerank("q", List.of("a"))
                        .withTask(new Task.Rerank(List.of("a"), null, Task.Scoring.YES_NO, true)),
                "truncate_prompt_tokens");
        assertInvalid(GenerationRequest.embed("a"), "task");
    }

    private void assertInvalid(GenerationRequest request, String field) {
        assertThatThrownBy(() -> engine.prepare(request.withId("r-1")))
                .isInstanceOfSatisfying(
                        Invalid.class,
                        invalid -> assertThat(invalid.parameter()).isEqualTo(field));
    }

    private Finished run(GenerationRequest request) {
        return Objects.requireNonNull(
                engine.generate(request.withId("r")).ofType(Finished.class).blockLast(PATIENCE));
    }

    private static String judged(String document) {
        return "Judge whether the Document meets the requirements based on the Query and the Instruct provided."
                + " Note that the answer can only be \"yes\" or \"no\".\n<Instruct>: Given a web search query, retrieve"
                + " relevant passages that answer the query\n<Query>: weather\n<Document>: " + document + "\nAnswer: ";
    }
}
