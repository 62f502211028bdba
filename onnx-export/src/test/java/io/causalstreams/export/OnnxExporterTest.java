package io.causalstreams.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxExporterTest {
    private static final Path CHECKPOINT = TinyModels.DIRECTORY.resolve("llama-tied");

    @TempDir
    Path directory;

    @Test
    void shouldWriteTheFactsOfTheContract() throws Exception {
        // When
        Path model = export(ExportOptions.of(Precision.INT8).withName("tiny"));

        // Then
        try (GraphRunner runner = new GraphRunner(model, 1, 16)) {
            assertThat(Map.of(
                            "contract", runner.fact("contract"),
                            "name", runner.fact("name"),
                            "architecture", runner.fact("architecture"),
                            "precision", runner.fact("precision"),
                            "kv_heads", runner.fact("kv_heads"),
                            "head_dim", runner.fact("head_dim"),
                            "max_context_tokens", runner.fact("max_context_tokens"),
                            "eos_token_ids", runner.fact("eos_token_ids"),
                            "bos_token_id", runner.fact("bos_token_id"),
                            "kv_type", runner.fact("kv_type")))
                    .isEqualTo(Map.of(
                            "contract", "1",
                            "name", "tiny",
                            "architecture", "llama",
                            "precision", "int8",
                            "kv_heads", "2",
                            "head_dim", "16",
                            "max_context_tokens", "128",
                            "eos_token_ids", "2",
                            "bos_token_id", "1",
                            "kv_type", "float32"));
            assertThat(runner.fact("fingerprint")).matches("[0-9a-f]{16}");
        }
    }

    @Test
    void shouldGiveGraphCacheOfInt8WithStepsOfMeasuredRanges() throws Exception {
        // Given
        float[][] largest = new float[4][32]; // 2 layers, 2 heads of 16
        for (int block = 0; block < largest.length; block++) {
            Arrays.fill(largest[block], 127 * (block + 1));
        }
        List<Boolean> runnable = new ArrayList<>();

        // When
        Path floats = export(ExportOptions.of(Precision.FP32));
        Path bytes = directory.resolve("int8-cache");
        OnnxExporter.export(CHECKPOINT, bytes, ExportOptions.of(Precision.FP32).withInt8KvCache(model -> {
            runnable.add(Files.exists(model.resolve("export.json")));
            return largest;
        }));

        // Then
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(bytes.resolve("model.onnx")));
        assertThat(model.getGraph().getInputList().stream()
                        .filter(input -> input.getName().startsWith("past_")))
                .hasSize(4)
                .allMatch(input -> input.getType().getTensorType().getElemType() == DataType.INT8_VALUE);
        assertThat(model.getGraph().getInitializerList().stream()
                        .filter(tensor -> tensor.getName().endsWith("_steps"))
                        .map(tensor -> tensor.getFloatData(31)))
                .containsExactly(1f, 2f, 3f, 4f);
        assertThat(facts(bytes)).containsEntry("causal_streams.kv_type", "int8");
        assertThat(facts(bytes).get("causal_streams.fingerprint"))
                .isNotEqualTo(facts(floats).get("causal_streams.fingerprint"));
        assertThat(bytes.resolve("model.onnx.data")).hasSameBinaryContentAs(floats.resolve("model.onnx.data"));
        assertThat(new ObjectMapper()
                        .readTree(bytes.resolve("export.json").toFile())
                        .path("kv_cache")
                        .asText())
                .isEqualTo("int8");
        assertThat(runnable).containsExactly(true);
    }

    @Test
    void shouldRefuseRangesThatNothingFitsIn() {
        ExportOptions options = ExportOptions.of(Precision.FP32).withInt8KvCache(model -> new float[4][32]);

        assertThatThrownBy(() -> export(options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the largest key of layer 0 was measured as 0.0");
        assertThat(directory.resolve("model")).doesNotExist();
    }

    @Test
    void shouldSayThatStepsWithExpertsCannotBeRecorded() throws Exception {
        // Given
        TinyModels.Golden experts = TinyModels.all()
                .filter(TinyModels.Golden::hasExperts)
                .findFirst()
                .orElseThrow();
        Path plain = directory.resolve("plain");
        Path cpu = directory.resolve("cpu");
        Path cuda = directory.resolve("cuda");

        // When
        ExportOptions onDevice = ExportOptions.of(Precision.FP16).withDevice(TargetDevice.CUDA);
        OnnxExporter.export(CHECKPOINT, plain, onDevice);
        OnnxExporter.export(experts.checkpoint(), cpu, ExportOptions.of(Precision.FP16));
        OnnxExporter.export(experts.checkpoint(), cuda, onDevice);

        // Then
        assertThat(facts(plain)).doesNotContainKey("causal_streams.recordable");
        assertThat(facts(cpu)).doesNotContainKey("causal_streams.recordable");
        assertThat(facts(cuda)).containsEntry("causal_streams.recordable", "false");
    }

    private static Map<String, String> facts(Path model) throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(model.resolve("model.onnx"))).getMetadataPropsList().stream()
                .collect(Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
    }

    @Test
    void shouldAddBosWhereOnlyThePostProcessorSaysSo() throws Exception {
        // Given: a tokenizer as Llama 3's, which says nothing in its configuration
        Path checkpoint = Files.createDirectory(directory.resolve("checkpoint"));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(CHECKPOINT.resolve(file), checkpoint.resolve(file));
        }
        ObjectMapper json = new ObjectMapper();
        ObjectNode tokenizer =
                (ObjectNode) json.readTree(CHECKPOINT.resolve("tokenizer.json").toFile());
        tokenizer.set("post_processor", json.readTree("""
                {"type": "Sequence", "processors": [
                  {"type": "ByteLevel"},
                  {"type": "TemplateProcessing",
                   "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]}]}"""));
        json.writeValue(checkpoint.resolve("tokenizer.json").toFile(), tokenizer);
        Files.writeString(checkpoint.resolve("tokenizer_config.json"), "{\"bos_token\": \"<s>\"}");

        // When
        Path model = directory.resolve("with-bos");
        OnnxExporter.export(checkpoint, model, ExportOptions.of(Precision.FP32));

        // Then
        try (GraphRunner runner = new GraphRunner(model, 1, 16)) {
            assertThat(runner.fact("add_bos")).isEqualTo("true");
        }
    }

    @Test
    void shouldFingerprintWhatTheGraphComputesAndNotItsName() throws Exception {
        // Given: the same weights, another norm
        Path checkpoint = Files.createDirectory(directory.resolve("checkpoint"));
        for (String file : List.of("model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(CHECKPOINT.resolve(file), checkpoint.resolve(file));
        }
        ObjectMapper json = new ObjectMapper();
        ObjectNode config =
                (ObjectNode) json.readTree(CHECKPOINT.resolve("config.json").toFile());
        json.writeValue(checkpoint.resolve("config.json").toFile(), config.put("rms_norm_eps", 0.5));

        // When
        String original = fingerprint(CHECKPOINT, ExportOptions.of(Precision.FP32));
        String renamed =
                fingerprint(CHECKPOINT, ExportOptions.of(Precision.FP32).withName("other"));
        String otherNorm = fingerprint(checkpoint, ExportOptions.of(Precision.FP32));
        String otherPrecision = fingerprint(CHECKPOINT, ExportOptions.of(Precision.INT8));

        // Then
        assertThat(renamed).isEqualTo(original);
        assertThat(List.of(original, otherNorm, otherPrecision)).doesNotHaveDuplicates();
    }

    private String fingerprint(Path checkpoint, ExportOptions options) throws Exception {
        Path model = Files.createTempDirectory(directory, "model").resolve("export");
        OnnxExporter.export(checkpoint, model, options);
        try (GraphRunner runner = new GraphRunner(model, 1, 16)) {
            return runner.fact("fingerprint");
        }
    }

    @Test
    void shouldListEveryFileWithItsDigest() throws Exception {
        // When
        Path model = export(ExportOptions.of(Precision.FP32));

        // Then
        JsonNode files = new ObjectMapper()
                .readTree(model.resolve("export.json").toFile())
                .path("files");
        for (String file : List.of("model.onnx", "model.onnx.data", "tokenizer.json", "tokenizer_config.json")) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(model.resolve(file)));
            assertThat(files.path(file).path("sha256").asText())
                    .as(file)
                    .isEqualTo(HexFormat.of().formatHex(digest));
        }
    }

    @Test
    void shouldSayHowLargeTheBlocksAre() throws Exception {
        // When
        Path model = export(ExportOptions.of(Precision.INT4).withBlockSize(64));

        // Then
        assertThat(new ObjectMapper()
                        .readTree(model.resolve("export.json").toFile())
                        .path("block_size")
                        .asInt())
                .isEqualTo(64);
        assertThat(OnnxExporter.explain(
                        CHECKPOINT, ExportOptions.of(Precision.INT4).withBlockSize(64)))
                .containsPattern("/layers.1/feed_forward/down/weight +uint8 +32×1×32 ");
    }

    @Test
    void shouldRefuseBlocksThatAPrecisionDoesNotHave() {
        assertThatThrownBy(() -> ExportOptions.of(Precision.INT8).withBlockSize(64))
                .hasMessageContaining("with int4 only");
        assertThatThrownBy(() -> ExportOptions.of(Precision.INT4).withBlockSize(48))
                .hasMessageContaining("there are 32, 64 and 128");
    }

    @Test
    void shouldWriteTheSameBytesAgain() throws Exception {
        // When
        Path first = export(ExportOptions.of(Precision.INT8));
        byte[] graph = Files.readAllBytes(first.resolve("model.onnx"));
        byte[] weights = Files.readAllBytes(first.resolve("model.onnx.data"));
        Path second = export(ExportOptions.of(Precision.INT8));

        // Then
        assertThat(second.resolve("model.onnx")).hasBinaryContent(graph);
        assertThat(second.resolve("model.onnx.data")).hasBinaryContent(weights);
    }

    @Test
    void shouldReportAllBytesAsProgress() throws Exception {
        // Given
        List<Long> written = new ArrayList<>();
        List<Long> totals = new ArrayList<>();

        // When
        Path model = export(ExportOptions.of(Precision.FP32).withListener((bytes, total) -> {
            written.add(bytes);
            totals.add(total);
        }));

        // Then
        assertThat(written).isSorted().last().isEqualTo(Files.size(model.resolve("model.onnx.data")));
        assertThat(totals).allMatch(total -> total > 0);
    }

    @Test
    void shouldLeaveNothingBehindWhenItFails() throws Exception {
        // Given
        Path model = directory.resolve("model");
        Path source = directory.resolve("source");
        Files.createDirectory(source);
        for (String file : List.of("model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(CHECKPOINT.resolve(file), source.resolve(file));
        }
        String config = Files.readString(CHECKPOINT.resolve("config.json"));
        Files.writeString(source.resolve("config.json"), config.replace("\"silu\"", "\"mystery\""));

        // When, then
        assertThatThrownBy(() -> OnnxExporter.export(source, model, ExportOptions.of(Precision.FP32)))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("hidden_act is \"mystery\"")
                .hasMessageNotContaining("\n");
        assertThat(entries(directory)).containsExactly("source");
    }

    @Test
    void shouldNotReplaceADirectoryThatIsNoModel() throws Exception {
        // Given
        Path photos = Files.createDirectory(directory.resolve("photos"));
        Files.writeString(photos.resolve("cat.jpg"), "meow");

        // When, then
        assertThatThrownBy(() -> OnnxExporter.export(CHECKPOINT, photos, ExportOptions.of(Precision.FP32)))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("it holds other files");
        assertThat(entries(directory)).containsExactly("photos");
        assertThat(photos.resolve("cat.jpg")).exists();
    }

    @Test
    void shouldExplainEveryWeightWithShapeAndBytes() {
        // When
        String text = OnnxExporter.explain(CHECKPOINT, ExportOptions.of(Precision.FP32));

        // Then
        assertThat(text)
                .contains("(llama), fp32: 2 layers")
                .containsPattern("/layers.1/feed_forward/gate/weight +float +32×64 +8.2 kB");
    }

    private Path export(ExportOptions options) {
        Path model = directory.resolve("model");
        OnnxExporter.export(CHECKPOINT, model, options);
        return model;
    }

    private static List<String> entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> String.valueOf(entry.getFileName()))
                    .sorted()
                    .toList();
        }
    }
}
