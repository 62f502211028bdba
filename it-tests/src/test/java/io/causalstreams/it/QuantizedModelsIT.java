package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.models.Calibrations;
import io.causalstreams.app.internal.models.PrecisionReport;
import io.causalstreams.export.ExportOptions;
import io.causalstreams.export.ExportReport;
import io.causalstreams.export.OnnxExporter;
import io.causalstreams.export.Precision;
import io.causalstreams.export.TargetDevice;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports with fewer bits, through the engine's door. */
class QuantizedModelsIT {
    private static final EngineConfig CONFIG =
            EngineConfig.defaults().withSlots(8).withMaxContextTokens(64).withPrefillChunkTokens(5);

    @ParameterizedTest
    @CsvSource({
        "llama-untied, INT8, int8, 0.5", // rotated residual stream, rows in eight bits
        "gpt2, INT8, int8, 0.5", // not rotated: blocks
        "qwen3, INT8, int8, 0.5",
        "gemma2, INT8, int8, 0.5",
        "llama-untied, INT4, int4, 2",
        "gpt2, INT4, int4, 2",
        "gemma2, INT4, int4, 2",
    })
    void shouldScoreNearTheOracle(String checkpoint, Precision precision, String name, double tolerance) {
        try (GenerationEngine engine = GenerationEngine.open(TestModels.tiny(checkpoint, precision), CONFIG)) {
            assertThat(engine.model().precision()).isEqualTo(name);
            requireNearOracle(engine, checkpoint, tolerance);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "llama-untied, 0.5", // positions
        "gpt2, 0.5", // no rotary positions
        "gemma2, 0.5", // windows, cut scores
        "gemma3, 0.5", // norms of heads, two kinds of positions
        "mistral-swa, 2", // scores so far apart that a cache of fp32 rounded to the same steps is as far away
        "phi3, 0.5",
        "smollm3-nope, 0.5",
        "olmo2, 0.5",
    })
    void shouldScoreNearTheOracleWithCacheOfInt8(String checkpoint, double tolerance) {
        try (GenerationEngine engine = GenerationEngine.open(TestModels.tinyWithInt8Cache(checkpoint), CONFIG)) {
            requireNearOracle(engine, checkpoint, tolerance);
        }
    }

    private static void requireNearOracle(GenerationEngine engine, String checkpoint, double tolerance) {
        // Given
        Goldens.Case golden = Goldens.tiny(checkpoint);

        // When
        Finished finished = Generations.run(engine, Generations.score("score", golden.promptIds()));

        // Then
        golden.requireNear(Generations.promptLogprobs(finished), tolerance);
    }

    @Test
    void shouldStayNearTheRealModelWithCacheOfInt8() {
        // Given
        Path directory = Path.of("target/models/smollm2-int8-cache");
        OnnxExporter.export(
                TestModels.smolLm2Checkpoint(),
                directory,
                ExportOptions.of(Precision.FP32).withInt8KvCache(Calibrations::kvCacheRanges));

        // When
        ExportReport report = PrecisionReport.of(TestModels.smolLm2(Precision.FP32), directory);

        // Then
        assertThat(report.overall().divergence()).isBetween(1e-6, 0.01);
    }

    @Test
    void shouldTakeQuarterOfTheMemoryWithCacheOfInt8() {
        try (GenerationEngine floats = GenerationEngine.open(TestModels.tiny("llama-untied"), CONFIG);
                GenerationEngine bytes = GenerationEngine.open(TestModels.tinyWithInt8Cache("llama-untied"), CONFIG)) {
            assertThat(4 * bytes.stats().kvCacheBytes())
                    .isEqualTo(floats.stats().kvCacheBytes());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"INT8", "INT4"})
    void shouldStayNearTheRealModelAtFp32(Precision precision) {
        // When
        ExportReport report = PrecisionReport.of(TestModels.smolLm2(Precision.FP32), TestModels.smolLm2(precision));

        // Then
        assertThat(report.overall().divergence()).isBetween(0.0, 0.01);
        assertThat(report.overall().agreement()).isGreaterThan(0.92);
    }

    @Test
    void shouldStayNearTheRealModelInHalfPrecision() {
        // Given: a graph for devices, computed on the CPU: values rounded as there, sums in fp32 as there
        Path directory = Path.of("target/models/smollm2-fp16-cuda");
        OnnxExporter.export(
                TestModels.smolLm2Checkpoint(),
                directory,
                ExportOptions.of(Precision.FP16).withDevice(TargetDevice.CUDA));

        // When
        ExportReport report = PrecisionReport.of(TestModels.smolLm2(Precision.FP32), directory);

        // Then
        assertThat(report.overall().divergence()).isBetween(1e-6, 1e-4);
        assertThat(report.overall().agreement()).isGreaterThan(0.99);
    }

    @Test
    void shouldRefuseToCompareModelsOfDifferentVocabularies() {
        assertThatThrownBy(
                        () -> PrecisionReport.of(TestModels.smolLm2(Precision.FP32), TestModels.tiny("llama-untied")))
                .isInstanceOf(AppException.class)
                .hasMessageContaining("one vocabulary");
    }

    @ParameterizedTest
    @CsvSource({
        "llama-untied, INT8", "gpt2, INT8", "qwen3, INT8", "gemma2, INT8", "mixtral, INT8",
        "llama-untied, INT4", "gpt2, INT4", "qwen3, INT4", "gemma2, INT4", "mixtral, INT4",
    })
    void shouldGiveSameTokensBatchedAndAlone(String checkpoint, Precision precision) {
        requireSameBatchedAndAlone(checkpoint, TestModels.tiny(checkpoint, precision));
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-untied", "gemma2", "mistral-swa"})
    void shouldGiveSameTokensBatchedAndAloneWithCacheOfInt8(String checkpoint) {
        requireSameBatchedAndAlone(checkpoint, TestModels.tinyWithInt8Cache(checkpoint));
    }

    private static void requireSameBatchedAndAlone(String checkpoint, Path model) {
        // Given: prompts of all lengths, some longer than a chunk, more of them than slots
        List<Integer> ids = Goldens.tiny(checkpoint).allIds();
        List<GenerationRequest> requests = new ArrayList<>();
        for (int request = 0; request < 12; request++) {
            requests.add(GenerationRequest.of(
                    "r" + request,
                    new Prompt.Tokens(ids.subList(request, request + 1 + (request * 5) % 14)),
                    SamplingParams.builder()
                            .temperature(request % 2)
                            .seed(7L)
                            .maxTokens(10 + request)
                            .ignoreEos(true)
                            .logprobs(0)
                            .build()));
        }
        List<Finished> alone = new ArrayList<>();
        try (GenerationEngine engine = GenerationEngine.open(model, CONFIG.withSlots(1))) {
            requests.forEach(request -> alone.add(Generations.run(engine, request)));
        }
        try (GenerationEngine engine = GenerationEngine.open(model, CONFIG)) {

            // When
            List<Finished> batched = Generations.runAll(engine, requests);

            // Then
            for (int i = 0; i < requests.size(); i++) {
                assertThat(Generations.tokens(batched.get(i)))
                        .as(requests.get(i).id())
                        .isEqualTo(Generations.tokens(alone.get(i)));
                assertThat(Generations.logprobs(batched.get(i)))
                        .as(requests.get(i).id())
                        .usingComparatorForType((a, b) -> Math.abs(a - b) < 5e-3 ? 0 : a.compareTo(b), Double.class)
                        .containsExactlyElementsOf(Generations.logprobs(alone.get(i)));
            }
        }
    }
}
