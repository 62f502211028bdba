package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.causalstreams.export.Precision;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.EngineStats;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationEvent.LabelScore;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is scored and not generated, on the real model: labels behind a prompt, and the perplexity of a text. */
@SuppressWarnings("NullAway.Init") // opened before all
class ClassificationIT {
    private static final double TOLERANCE = 1e-3;
    private static final int CHUNK = 32;
    private static final List<String> LABELS =
            List.of("billing", "technical problem", "refund or chargeback", "unübersichtlich", "no");
    private static final Prompt TICKET = new Prompt.Chat(List.of(
            new Prompt.Message("system", "Answer with the kind of the ticket."),
            new Prompt.Message("user", "I was charged twice for the same order last Tuesday. What is going on?")));

    private static Path model;
    private static GenerationEngine engine;

    @BeforeAll
    static void open() {
        model = TestModels.smolLm2(Precision.FP32);
        engine = GenerationEngine.open(model, config(CHUNK));
    }

    @AfterAll
    static void close() {
        if (engine != null) {
            engine.close();
        }
    }

    @Test
    void shouldScoreLabelsWithoutADecodeStep() {
        // Given
        EngineStats before = engine.stats();

        // When
        List<LabelScore> scores = classify(LABELS);

        // Then
        EngineStats after = engine.stats();
        assertThat(after.decodeSteps()).isEqualTo(before.decodeSteps());
        assertThat(after.completionTokens()).isEqualTo(before.completionTokens());
        assertThat(after.steps()).isGreaterThan(before.steps());
        assertThat(scores).extracting(LabelScore::label).isEqualTo(LABELS);
        assertThat(scores.stream().mapToDouble(LabelScore::probability).sum()).isCloseTo(1, within(1e-9));
    }

    @Test
    void shouldScoreALabelAsThePromptWithTheLabelBehindItIsScored() {
        List<Integer> prompt = tokens(TICKET);
        assertThat(prompt.size()).isGreaterThan(CHUNK);
        for (LabelScore score : classify(LABELS)) {
            // Given
            List<Integer> label = tokens(new Prompt.Text(score.label()));
            List<Integer> both = Stream.concat(prompt.stream(), label.stream()).toList();

            // When: scores[i] is the score of token i + 1
            List<Double> scores = Generations.promptLogprobs(
                    Generations.run(engine, Generations.score("with " + score.label(), both)));

            // Then
            double sum = scores.subList(prompt.size() - 1, both.size() - 1).stream()
                    .mapToDouble(Double::doubleValue)
                    .sum();
            assertThat(score.logprob()).as(score.label()).isCloseTo(sum, within(TOLERANCE));
        }
    }

    @Test
    void shouldMeasureTheSamePerplexityInChunksAndInOne() {
        // Given: a text of many chunks
        List<Integer> text = tokens(new Prompt.Text("""
                A river is a natural stream of fresh water that flows on land or inside caves towards another body of \
                water at a lower elevation, such as an ocean, a lake, or another river. A river may run dry before \
                reaching the end of its course if it runs out of water, or only flow during certain seasons. Rivers \
                are regulated by the water cycle, the processes by which water moves around the Earth. Water first \
                enters rivers through precipitation, whether from rainfall, the runoff of water down a slope, the \
                melting of glaciers or snow, or seepage from aquifers beneath the surface of the Earth. Zwölf \
                Boxkämpfer jagen Viktor quer über den großen Sylter Deich: 3.14159, 2.71828, 1.41421."""));
        assertThat(text.size()).isGreaterThan(4 * CHUNK);

        // When
        double inChunks = perplexity(engine, text);
        double inOne;
        try (GenerationEngine wide = GenerationEngine.open(model, config(512))) {
            inOne = perplexity(wide, text);
        }

        // Then: a text a model of this size can follow
        assertThat(inChunks).isBetween(1.5, 60.0).isCloseTo(inOne, within(TOLERANCE));
    }

    private static EngineConfig config(int chunk) {
        return EngineConfig.defaults().withSlots(2).withMaxContextTokens(512).withPrefillChunkTokens(chunk);
    }

    private static List<LabelScore> classify(List<String> labels) {
        GenerationRequest request = GenerationRequest.of("classify", TICKET, SamplingParams.greedy(1))
                .withTask(new GenerationRequest.Task.Classify(labels));
        return Objects.requireNonNull(Generations.run(engine, request).classification());
    }

    private static double perplexity(GenerationEngine scoring, List<Integer> text) {
        Finished finished = Generations.run(scoring, Generations.score("perplexity", text));
        List<Double> scores = Generations.promptLogprobs(finished);
        assertThat(scores).hasSize(text.size() - 1);
        return Math.exp(
                -scores.stream().mapToDouble(Double::doubleValue).average().orElseThrow());
    }

    /** The prompt as the model sees it. */
    private static List<Integer> tokens(Prompt prompt) {
        SamplingParams none =
                SamplingParams.builder().temperature(0).maxTokens(0).build();
        return Generations.run(engine, GenerationRequest.of("tokens", prompt, none))
                .promptTokenIds();
    }
}
