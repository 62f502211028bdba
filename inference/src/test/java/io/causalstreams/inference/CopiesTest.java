package io.causalstreams.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A copy differs in the one component that was changed. Every component here has a value that is not the default. */
class CopiesTest {
    private static final SamplingParams SAMPLING = new SamplingParams(
            70,
            3,
            20,
            true,
            0.5,
            0.9,
            40,
            0.1,
            1.1,
            -0.5,
            0.25,
            Map.of(7, 2.0),
            11L,
            2,
            List.of("stop"),
            Set.of(5),
            true,
            4,
            6,
            new OutputConstraint.JsonObject());
    private static final GenerationRequest REQUEST = new GenerationRequest(
            "r-1",
            new Prompt.Text("x"),
            new GenerationRequest.Task.Classify(List.of("a")),
            SAMPLING,
            List.of(List.of(1, 2)),
            3,
            Instant.EPOCH,
            "ann",
            "small",
            "tuned");
    private static final EngineConfig CONFIG =
            new EngineConfig(3, 64, 16, 9, 100, 2, false, true, true, Device.CPU, false);

    @Test
    void shouldKeepEverySamplingParameterThatIsNotChanged() {
        assertThat(SAMPLING.toBuilder().build()).isEqualTo(SAMPLING);
        assertThat(SAMPLING.toBuilder().seed(12L).build())
                .isNotEqualTo(SAMPLING)
                .isEqualTo(SAMPLING.toBuilder().seed(12L).build())
                .extracting(SamplingParams::seed, SamplingParams::maxTokens, SamplingParams::constraint)
                .containsExactly(12L, 70, new OutputConstraint.JsonObject());
    }

    @Test
    void shouldChangeOneComponentOfARequest() {
        assertThat(REQUEST.withId("r-2").withId("r-1")).isEqualTo(REQUEST);
        assertThat(REQUEST.withId("r-2").id()).isEqualTo("r-2");
        assertThat(REQUEST.withPrompt(new Prompt.Text("y")).prompt()).isEqualTo(new Prompt.Text("y"));
        assertThat(REQUEST.withTask(new GenerationRequest.Task.Generate()).task())
                .isEqualTo(new GenerationRequest.Task.Generate());
        assertThat(REQUEST.withSampling(SamplingParams.greedy(1)).sampling()).isEqualTo(SamplingParams.greedy(1));
        assertThat(REQUEST.resumedFrom(List.of()).resumeFrom()).isEmpty();
        assertThat(REQUEST.withPriority(1).priority()).isEqualTo(1);
        assertThat(REQUEST.withDeadline(null).deadline()).isNull();
        assertThat(REQUEST.withUser(null).user()).isNull();
        assertThat(REQUEST.withModel(null).model()).isNull();
    }

    @Test
    void shouldChangeOneComponentOfAConfiguration() {
        assertThat(CONFIG.withSlots(4).withSlots(3)).isEqualTo(CONFIG);
        assertThat(CONFIG.withSlots(4).slots()).isEqualTo(4);
        assertThat(CONFIG.withMaxContextTokens(null).maxContextTokens()).isNull();
        assertThat(CONFIG.withPrefillChunkTokens(1).prefillChunkTokens()).isEqualTo(1);
        assertThat(CONFIG.withMaxWaiting(1).maxWaiting()).isEqualTo(1);
        assertThat(CONFIG.withPrefixCacheTokens(0).prefixCacheTokens()).isZero();
        assertThat(CONFIG.withIntraOpThreads(null).intraOpThreads()).isNull();
        assertThat(CONFIG.withSpeculation(true).speculation()).isTrue();
        assertThat(CONFIG.withDevice(Device.AUTO).device()).isEqualTo(Device.AUTO);
        assertThat(CONFIG.withCudaGraphs(true).cudaGraphs()).isTrue();
        assertThat(CONFIG.shareOf(2)).isEqualTo(CONFIG.withSlots(2).withPrefixCacheTokens(50));
    }
}
