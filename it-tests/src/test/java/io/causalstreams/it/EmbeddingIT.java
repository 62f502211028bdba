package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtSession.SessionOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.export.ExportOptions;
import io.causalstreams.export.OnnxExporter;
import io.causalstreams.export.Precision;
import io.causalstreams.export.TargetDevice;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.GenerationRequest.Task;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.model.TokenRow;
import io.causalstreams.inference.internal.onnx.OnnxModels;
import io.causalstreams.inference.internal.onnx.device.Accelerator;
import io.causalstreams.inference.internal.onnx.device.DeviceMemory;
import io.causalstreams.inference.internal.onnx.pooled.OnnxPooledModel;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts to vectors and scores, tokenized by us, against the figures of sentence-transformers. */
class EmbeddingIT {
    private static final Path TINY = Path.of("../onnx-export/src/test/resources/tiny-pooled");
    private static final EngineConfig CONFIG = EngineConfig.defaults().withSlots(8);

    static Stream<String> embedding() throws IOException {
        return names("embeddings");
    }

    static Stream<String> scoring() throws IOException {
        return names("scores");
    }

    @ParameterizedTest
    @MethodSource("embedding")
    void shouldGiveTheOraclesVectorOfEveryText(String name) throws IOException {
        // Given
        JsonNode cases = golden(name).path("embeddings");
        List<GenerationRequest> requests = new ArrayList<>();
        for (JsonNode each : cases) {
            requests.add(GenerationRequest.embed(each.path("text").asText())
                    .withId("r-" + requests.size())
                    .withTask(new Task.Embed(null, each.path("prompt_name").asText(null), true)));
        }

        // When
        List<Finished> results;
        try (GenerationEngine engine = GenerationEngine.open(model(name), CONFIG)) {
            results = Generations.runAll(engine, requests);
        }

        // Then
        for (int i = 0; i < results.size(); i++) {
            float[] actual = Objects.requireNonNull(results.get(i).embedding()).values();
            JsonNode expected = cases.get(i).path("embedding");
            assertThat(results.get(i).promptTokenIds())
                    .as("tokens of %s", cases.get(i).path("text"))
                    .isEqualTo(integers(cases.get(i).path("input_ids")));
            assertThat(actual).hasSize(expected.size());
            for (int k = 0; k < actual.length; k++) {
                assertThat((double) actual[k])
                        .as("%s, element %d", cases.get(i).path("text"), k)
                        .isCloseTo(expected.get(k).asDouble(), within(1e-4));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("scoring")
    void shouldGiveTheOraclesScoreOfEveryDocument(String name) throws IOException {
        // Given
        JsonNode golden = golden(name);
        List<String> documents = new ArrayList<>();
        golden.path("documents").forEach(document -> documents.add(document.asText()));
        GenerationRequest request = GenerationRequest.rerank(
                        golden.path("query").asText(), documents)
                .withId("r-1")
                .withTask(new Task.Rerank(documents, null, GenerationRequest.Task.Scoring.YES_NO, true));

        // When
        List<Double> scores;
        try (GenerationEngine engine = GenerationEngine.open(model(name), CONFIG)) {
            scores = Objects.requireNonNull(Generations.run(engine, request).ranking());
        }

        // Then
        for (int i = 0; i < scores.size(); i++) {
            assertThat(scores.get(i))
                    .as(documents.get(i))
                    .isCloseTo(golden.path("scores").get(i).asDouble(), within(1e-4));
        }
    }

    @Test
    void shouldRankByTheProbabilityOfYesBehindTheRerankersPrompt() {
        // Given: Qwen3-Reranker's prompt, written out
        List<String> documents = List.of("Rain in Oslo.", "Sun.", "<|im_end|>");
        String prompt =
                "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the"
                        + " Instruct provided. Note that the answer can only be \"yes\" or \"no\".<|im_end|>\n<|im_start|>user\n"
                        + "<Instruct>: Given a web search query, retrieve relevant passages that answer the query\n"
                        + "<Query>: weather\n<Document>: %s<|im_end|>\n<|im_start|>assistant\n";
        List<GenerationRequest> classified = documents.subList(0, 2).stream()
                .map(document -> GenerationRequest.of(
                                "classify " + document,
                                new Prompt.Text(prompt.formatted(document), true, true),
                                SamplingParams.greedy(1))
                        .withTask(new Task.Classify(List.of("yes", "no"))))
                .toList();

        // When
        try (GenerationEngine engine = GenerationEngine.open(TestModels.tinyChat(), CONFIG)) {
            List<Double> expected = Generations.runAll(engine, classified).stream()
                    .map(finished -> Objects.requireNonNull(finished.classification())
                            .get(0)
                            .probability())
                    .toList();
            Finished ranked = Generations.run(
                    engine, GenerationRequest.rerank("weather", documents).withId("rerank"));

            // Then
            List<Double> scores = Objects.requireNonNull(ranked.ranking());
            assertThat(scores).hasSize(3);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(scores.get(i)).as(documents.get(i)).isCloseTo(expected.get(i), within(1e-5));
            }
            assertThat(scores.get(0)).isNotEqualTo(scores.get(1));
        }
    }

    @Test
    void shouldRankByTheMeanLogprobOfTheQuery() {
        // Given
        Task.Rerank task = new Task.Rerank(List.of("Rain in Oslo.", "Sun."), null, Task.Scoring.QUERY_LOGPROB, false);
        GenerationRequest request = GenerationRequest.rerank("weather", task.documents())
                .withId("r-1")
                .withTask(task);

        // When
        List<Double> scores;
        try (GenerationEngine engine = GenerationEngine.open(TestModels.tinyChat(), CONFIG)) {
            scores = Objects.requireNonNull(Generations.run(engine, request).ranking());
        }

        // Then: near those of a vocabulary of 256 that knows nothing
        assertThat(scores).hasSize(2).allSatisfy(score -> assertThat(score).isBetween(-12.0, -1.0));
    }

    @Test
    void shouldNameATaskThatTheModelCannotDo() {
        try (GenerationEngine engine = GenerationEngine.open(TestModels.tinyChat(), CONFIG)) {
            assertThatThrownBy(() -> engine.prepare(GenerationRequest.embed("x").withId("r-1")))
                    .isInstanceOfSatisfying(
                            GenerationException.Invalid.class,
                            invalid -> assertThat(invalid.parameter()).isEqualTo("task"))
                    .hasMessageContaining("model tiny-chat generates text and makes no embeddings");
        }
    }

    @Test
    void shouldVerifyAModelByATaskThatItCanDo() throws Exception {
        List<String> models = List.of(
                model(embedding().findFirst().orElseThrow()).toString(),
                model(scoring().findFirst().orElseThrow()).toString(),
                TestModels.tinyChat().toString());
        try (CommandProcess verify =
                CommandProcess.start("models", "verify", models.get(0), models.get(1), models.get(2))) {
            assertThat(verify.awaitExit(Duration.ofMinutes(2))).isZero();
        }
    }

    /** The way to a device, whose place the CPU takes. */
    @ParameterizedTest
    @MethodSource("embedding")
    void shouldOpenGraphsForDevicesOnOne(String name) throws IOException {
        // Given
        Path directory = Path.of("target/models").resolve("pooled-cuda-" + name);
        OnnxExporter.export(
                TINY.resolve(name), directory, ExportOptions.of(Precision.FP16).withDevice(TargetDevice.CUDA));
        JsonNode cases = golden(name).path("embeddings");
        List<TokenRow> rows = new ArrayList<>();
        cases.forEach(each -> rows.add(new TokenRow(
                integers(each.path("input_ids")).stream().mapToInt(id -> id).toArray(), Integer.MAX_VALUE)));
        try (OnnxPooledModel model = OnnxModels.openPooledOn(new CpuAsDevice(), ModelDirectory.at(directory), CONFIG)) {

            // When
            float[][] vectors = model.run(rows);

            // Then
            for (int row = 0; row < vectors.length; row++) {
                assertThat(cosine(vectors[row], cases.get(row).path("embedding")))
                        .as("text %d", row)
                        .isGreaterThan(0.9999);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "FP16", "INT8"})
    void shouldRefuseGraphsForTheCpuOnADevice(Precision precision) throws IOException {
        String name = embedding().findFirst().orElseThrow();
        Path directory = Path.of("target/models").resolve("pooled-" + precision.id() + "-" + name);
        OnnxExporter.export(TINY.resolve(name), directory, ExportOptions.of(precision));

        assertThatThrownBy(() -> OnnxModels.openPooledOn(new CpuAsDevice(), ModelDirectory.at(directory), CONFIG))
                .isInstanceOf(GenerationException.Failed.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("causal_streams.reals is missing, so it is a graph for the CPU")
                .hasMessageContaining("export the checkpoint with --device cuda");
    }

    private static double cosine(float[] actual, JsonNode expected) {
        double product = 0;
        double ofActual = 0;
        double ofExpected = 0;
        for (int i = 0; i < actual.length; i++) {
            double wanted = expected.get(i).asDouble();
            product += actual[i] * wanted;
            ofActual += actual[i] * actual[i];
            ofExpected += wanted * wanted;
        }
        return product / Math.sqrt(ofActual * ofExpected);
    }

    private record CpuAsDevice() implements Accelerator {
        @Override
        public String name() {
            return "cpu";
        }

        @Override
        public DeviceMemory memory() {
            throw new UnsupportedOperationException("there is no cache to put there");
        }

        @Override
        public String memoryName() {
            return "Cpu";
        }

        @Override
        public int ordinal() {
            return 0;
        }

        @Override
        public boolean computesIn(OnnxJavaType type) {
            return type == OnnxJavaType.FLOAT16;
        }

        @Override
        public void addTo(SessionOptions options, boolean graphs) {
            assertThat(graphs).as("lengths differ from pass to pass").isFalse();
        }
    }

    private static Path model(String name) {
        Path directory = Path.of("target/models").resolve("pooled-" + name);
        OnnxExporter.export(TINY.resolve(name), directory, ExportOptions.of(Precision.FP32));
        return directory;
    }

    private static Stream<String> names(String kind) throws IOException {
        return goldens()
                .propertyStream()
                .filter(model -> model.getValue().has(kind))
                .map(Map.Entry::getKey);
    }

    private static JsonNode golden(String name) throws IOException {
        return goldens().path(name);
    }

    private static JsonNode goldens() throws IOException {
        return new ObjectMapper()
                .readTree(TINY.resolve("goldens.json").toFile())
                .path("models");
    }

    private static List<Integer> integers(JsonNode array) {
        List<Integer> integers = new ArrayList<>();
        array.forEach(each -> integers.add(each.asInt()));
        return integers;
    }
}
