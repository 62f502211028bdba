package io.causalstreams.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints with one tensor more than their family knows. */
class LeftOverTensorsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "llama-tied, model.layers.1.self_attn.o_proj.bias",
        "llama-tied, model.layers.0.self_attn.q_norm.weight",
        "llama-untied, model.layers.2.input_layernorm.weight", // a layer beyond num_hidden_layers
        "gpt2, transformer.h.0.attn.q.bias",
        "gpt-neox, score.weight",
    })
    void shouldRefuseAWeightThatTheGraphWouldLeaveOut(String model, String tensor) throws IOException {
        // Given
        Path checkpoint = withTensor(model, tensor);

        // Then
        assertThatThrownBy(() -> OnnxExporter.explain(checkpoint, ExportOptions.of(Precision.FP32)))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("model_type")
                .hasMessageContaining("1 tensors")
                .hasMessageContaining(tensor);
    }

    @ParameterizedTest
    @CsvSource({
        "llama-tied, lm_head.weight",
        "llama-untied, model.layers.0.self_attn.rotary_emb.inv_freq",
        "gpt2, h.0.attn.bias",
        "gpt2, transformer.h.1.attn.masked_bias",
        "gpt-neox, gpt_neox.layers.0.attention.bias",
        "gpt-neox, gpt_neox.layers.0.attention.rotary_emb.inv_freq",
    })
    void shouldIgnoreATensorThatIsNoWeight(String model, String tensor) throws IOException {
        // Given
        Path checkpoint = withTensor(model, tensor);

        // When
        String structure = OnnxExporter.explain(checkpoint, ExportOptions.of(Precision.FP32));

        // Then
        assertThat(structure).contains("layers.1");
    }

    /** A copy of a tiny checkpoint with a vector of two more. */
    private Path withTensor(String model, String tensor) throws IOException {
        Path source = TinyModels.DIRECTORY.resolve(model);
        for (String name : new String[] {"config.json", "tokenizer.json", "tokenizer_config.json"}) {
            Files.copy(source.resolve(name), directory.resolve(name));
        }
        byte[] file = Files.readAllBytes(source.resolve("model.safetensors"));
        int headerBytes = Math.toIntExact(
                ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0));
        ObjectNode header = (ObjectNode) JSON.readTree(Arrays.copyOfRange(file, 8, 8 + headerBytes));
        int end = file.length - 8 - headerBytes;
        ObjectNode added = header.putObject(tensor).put("dtype", "F32");
        added.putArray("shape").add(2);
        added.putArray("data_offsets").add(end).add(end + 8);
        byte[] json = JSON.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
        ByteBuffer written = ByteBuffer.allocate(8 + json.length + end + 8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(file, 8 + headerBytes, end)
                .putFloat(1)
                .putFloat(2);
        Files.write(directory.resolve("model.safetensors"), written.array());
        return directory;
    }
}
