package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.TokenLogprob;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ClassificationTest {
    private static final String PROMPT = "The parcel arrived broken. This message is a";
    private static final List<String> LABELS = List.of(" complaint", " praise", "!", " question of some length");

    @Test
    void shouldScoreLabelsAsTheirTokensBehindThePromptAreScored() {
        // Given
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG);

        // When
        Recorder recorder = engine.submit(classify(LABELS));
        engine.drain();

        // Then
        List<GenerationEvent.LabelScore> scores =
                Objects.requireNonNull(recorder.finished().classification());
        double sum = 0;
        for (int i = 0; i < LABELS.size(); i++) {
            assertThat(scores.get(i).label()).isEqualTo(LABELS.get(i));
            assertThat(scores.get(i).logprob()).isCloseTo(logprobBehindPrompt(LABELS.get(i)), within(1e-9));
            sum += scores.get(i).probability();
        }
        assertThat(sum).isCloseTo(1, within(1e-12));
        assertThat(scores.get(0).probability() / scores.get(1).probability())
                .isCloseTo(Math.exp(scores.get(0).logprob() - scores.get(1).logprob()), within(1e-9));
    }

    @Test
    void shouldClassifyWithoutADecodeStep() {
        // Given
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG.withPrefillChunkTokens(64));

        // When
        engine.submit(classify(LABELS));
        engine.drain();

        // Then: the prompt once, then every label of more than one token
        assertThat(engine.loop.stats().decodeSteps()).isZero();
        assertThat(engine.model.passes).containsExactly("prefill 44", "prefill 9", "prefill 6", "prefill 23");
    }

    @Test
    void shouldScoreLabelsLongerThanAChunk() {
        // Given
        EngineConfig small = EngineHarness.CONFIG.withPrefillChunkTokens(4);

        // When
        Recorder inPieces = EngineHarness.alone(small, classify(LABELS));

        // Then
        assertThat(inPieces.finished())
                .usingRecursiveComparison()
                .withComparatorForType((a, b) -> Math.abs(a - b) < 1e-9 ? 0 : 1, Double.class)
                .isEqualTo(EngineHarness.alone(EngineHarness.CONFIG, classify(LABELS))
                        .finished());
    }

    @Test
    void shouldClassifyBesideOthersThatGenerate() {
        // Given
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG.withPrefillChunkTokens(8));
        GenerationRequest story = GenerationRequest.of("s", new Prompt.Text("A story"), SamplingParams.greedy(30));

        // When
        Recorder generated = engine.submit(story);
        engine.step();
        Recorder classified = engine.submit(classify(LABELS));
        engine.drain();

        // Then
        assertThat(generated.finished().choices())
                .isEqualTo(EngineHarness.alone(EngineHarness.CONFIG, story)
                        .finished()
                        .choices());
        assertThat(Objects.requireNonNull(classified.finished().classification())
                        .get(3)
                        .logprob())
                .isCloseTo(logprobBehindPrompt(LABELS.get(3)), within(1e-9));
    }

    @Test
    void shouldRefuseLabelsThatCannotBeScored() {
        // Given
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG);

        // When / Then
        for (List<String> labels :
                List.of(List.<String>of(), List.of("a", "a"), List.of(""), List.of("x".repeat(90)))) {
            assertThatThrownBy(() -> engine.submit(classify(labels)))
                    .isInstanceOfSatisfying(
                            GenerationException.Invalid.class,
                            invalid -> assertThat(invalid.parameter()).isEqualTo("labels"));
        }
    }

    private static double logprobBehindPrompt(String label) {
        SamplingParams score =
                SamplingParams.builder().maxTokens(0).promptLogprobs(0).build();
        Recorder recorder = EngineHarness.alone(
                EngineHarness.CONFIG, GenerationRequest.of("p", new Prompt.Text(PROMPT + label), score));
        List<TokenLogprob> scores = Objects.requireNonNull(recorder.finished().promptLogprobs());
        return scores.subList(PROMPT.length(), scores.size()).stream()
                .mapToDouble(TokenLogprob::logprob)
                .sum();
    }

    private static GenerationRequest classify(List<String> labels) {
        return GenerationRequest.of(
                        "c-1", new Prompt.Text(PROMPT), SamplingParams.builder().build())
                .withTask(new GenerationRequest.Task.Classify(labels));
    }
}
