package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.TokenLogprob;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ScoringTest {
    private static final String PROMPT = "The quick brown fox jumps over the lazy dog, and then it rests.";

    @Test
    void shouldScoreThePromptOfAnyLengthInChunksAsInOnePass() {
        // Given
        GenerationRequest request = request(
                "r-1", SamplingParams.builder().maxTokens(0).promptLogprobs(2).build());

        // When
        Recorder inOnePass = EngineHarness.alone(EngineHarness.CONFIG.withPrefillChunkTokens(128), request);
        Recorder inChunks = EngineHarness.alone(EngineHarness.CONFIG.withPrefillChunkTokens(7), request);

        // Then
        List<TokenLogprob> scores = Objects.requireNonNull(inOnePass.finished().promptLogprobs());
        assertThat(scores).hasSize(PROMPT.length());
        assertThat(scores.get(0)).isNull();
        assertThat(scores.get(7).tokenId()).isEqualTo(AsciiTokenizer.token(PROMPT.charAt(7)));
        assertThat(scores.get(7).alternatives()).hasSize(2);
        assertThat(inChunks.finished()).isEqualTo(inOnePass.finished());
        assertThat(inOnePass.chunks).isEmpty();
        assertThat(inOnePass.choice(0).tokenIds()).isEmpty();
    }

    @Test
    void shouldScoreAsTheSerialLoopDoes() {
        // Given: what the model says of each token when it is the next one
        SamplingParams one = SamplingParams.builder()
                .temperature(0)
                .maxTokens(1)
                .logprobs(20)
                .build();
        GenerationRequest scored = request(
                "r-1", SamplingParams.builder().maxTokens(0).promptLogprobs(0).build());

        // When
        Recorder recorder = EngineHarness.alone(EngineHarness.CONFIG, scored);

        // Then
        List<TokenLogprob> scores = Objects.requireNonNull(recorder.finished().promptLogprobs());
        AtomicInteger compared = new AtomicInteger();
        for (int length = 1; length < PROMPT.length(); length++) {
            Recorder serial = EngineHarness.alone(
                    EngineHarness.CONFIG, GenerationRequest.of("s", new Prompt.Text(PROMPT.substring(0, length)), one));
            TokenLogprob next =
                    Objects.requireNonNull(serial.choice(0).logprobs()).get(0);
            TokenLogprob score = scores.get(length);
            next.alternatives().stream()
                    .filter(alternative -> alternative.tokenId() == score.tokenId())
                    .forEach(alternative -> {
                        compared.incrementAndGet();
                        assertThat(score.logprob()).isCloseTo(alternative.logprob(), within(1e-9));
                    });
        }
        assertThat(compared).hasPositiveValue();
    }

    @Test
    void shouldScoreAPromptAndGoOnGenerating() {
        // Given
        GenerationRequest plain = request("r-1", SamplingParams.greedy(9));
        GenerationRequest scored = request(
                "r-1",
                SamplingParams.builder()
                        .temperature(0)
                        .maxTokens(9)
                        .promptLogprobs(0)
                        .logprobs(1)
                        .build());

        // When
        Recorder recorder = EngineHarness.alone(EngineHarness.CONFIG, scored);

        // Then
        assertThat(recorder.choice(0).tokenIds())
                .isEqualTo(EngineHarness.alone(EngineHarness.CONFIG, plain)
                        .choice(0)
                        .tokenIds());
        assertThat(recorder.finished().promptLogprobs()).hasSize(PROMPT.length());
        assertThat(recorder.choice(0).logprobs()).hasSize(9);
    }

    private static GenerationRequest request(String id, SamplingParams sampling) {
        return GenerationRequest.of(id, new Prompt.Text(PROMPT), sampling);
    }
}
