package io.causalstreams.export.internal.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import io.causalstreams.export.internal.checkpoint.WeightSource;
import io.causalstreams.export.internal.checkpoint.quantized.QuantizedWeights;
import io.causalstreams.export.internal.checkpoint.quantized.RawTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Random tensors in every format, decoded by the format's own tool: {@code src/test/python/quantized_tensors.py}. */
final class QuantizedTensorsTest {
    private static final Path DIRECTORY = Path.of("src/test/resources/checkpoint");
    private static final long SEED = Long.getLong("test.seed", System.nanoTime());

    private final SafetensorsWeights stored =
            SafetensorsWeights.open(DIRECTORY, new ShardIndex(List.of("quantized-tensors.safetensors"), Map.of()));

    static Stream<String> cases() {
        return configs().propertyStream().map(Map.Entry::getKey);
    }

    @AfterEach
    void close() {
        stored.close();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldDecodeBitForBitAsTheFormatsOwnTool(String name) {
        // Given
        WeightSource weights = QuantizedWeights.of(configs().path(name), stored, partsOf(name));

        // When
        float[] decoded = weights.read(weightOf(name));

        // Then
        assertThat(decoded).isEqualTo(stored.read("expected." + name));
        assertThat(weights.shape(weightOf(name))).isEqualTo(stored.shape("expected." + name));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldShowWeightsAndNotTheirParts(String name) {
        // When
        WeightSource weights = QuantizedWeights.of(configs().path(name), stored, partsOf(name));

        // Then
        assertThat(weights.names()).contains(weightOf(name), "expected." + name);
        assertThat(weights.names())
                .doesNotContainAnyElementsOf(partsOf(name).keySet().stream()
                        .filter(part -> !part.equals(weightOf(name)))
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldRefusePartsThatAreMissingOrOfAnotherShapeOrType(String name) {
        // Given
        Random random = new Random(SEED);
        System.out.println("QuantizedTensorsTest: -Dtest.seed=" + SEED);
        for (int i = 0; i < 300; i++) {
            Map<String, RawTensor> damaged = damage(partsOf(name), random);
            try {
                // When
                WeightSource weights = QuantizedWeights.of(configs().path(name), stored, damaged);
                weights.names().stream().filter(n -> n.startsWith(name)).forEach(weights::read);
            } catch (CheckpointException e) {
                // Then
                assertThat(e.getMessage()).doesNotContain("\n").contains(";");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"quant_method": "hqq"}                                                                    | quant_method is "hqq"
            {"quant_method": "awq", "version": "gemv"}                                                 | version is "gemv"
            {"quant_method": "awq", "bits": 3}                                                         | bits is 3
            {"quant_method": "gptq", "checkpoint_format": "marlin"}                                    | checkpoint_format is "marlin"
            {"quant_method": "gptq", "pack_dtype": "int16"}                                            | pack_dtype is "int16"
            {"quant_method": "compressed-tensors", "format": "marlin-24"}                              | format is "marlin-24"
            {"quant_method": "compressed-tensors", "sparsity_config": {"format": "sparse-bitmask"}}    | "sparse-bitmask"
            {"quant_method": "compressed-tensors", "transform_config": {"config_groups": {"u": {}}}}   | transform_config is
            {"quant_method": "compressed-tensors", "config_groups": {"g": {"weights": {"num_bits": 4, "type": "float"}}}} | config_groups is
            {"quant_method": "fp8", "weight_block_size": [0, 1]}                                       | weight_block_size is [0,1]
            """)
    void shouldNameWhatIsNotRead(String keys, String message) throws Exception {
        // Given
        ObjectNode config = JsonFiles.MAPPER.createObjectNode();
        config.set("quantization_config", JsonFiles.MAPPER.readTree(keys));

        // When, Then
        assertThatThrownBy(() -> QuantizedWeights.of(config, stored, Map.of()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("give another");
    }

    @Test
    void shouldLeaveCheckpointsAloneThatAreNotQuantised() {
        assertThat(QuantizedWeights.of(JsonFiles.MAPPER.createObjectNode(), stored, stored.stored()))
                .isSameAs(stored);
    }

    /** One or two parts less, or with dimensions, types or bytes that are not theirs. */
    private static Map<String, RawTensor> damage(Map<String, RawTensor> parts, Random random) {
        Map<String, RawTensor> damaged = new LinkedHashMap<>(parts);
        List<String> names = List.copyOf(parts.keySet());
        for (int change = 0; change < 1 + random.nextInt(2); change++) {
            RawTensor part = damaged.get(names.get(random.nextInt(names.size())));
            if (part == null || part.shape().isEmpty()) {
                continue;
            }
            List<Long> shape = new ArrayList<>(part.shape());
            switch (random.nextInt(5)) {
                case 0 -> damaged.remove(part.name());
                case 1 -> shape.set(0, shape.get(0) + 1 - 2L * random.nextInt(2));
                case 2 -> Collections.reverse(shape);
                case 3 -> shape.add(1 + (long) random.nextInt(3));
                default -> {
                    String type =
                            List.of("F32", "I32", "U8", "F16", "F8_E4M3", "I8").get(random.nextInt(6));
                    damaged.put(part.name(), sized(part, type, shape));
                    continue;
                }
            }
            damaged.computeIfPresent(part.name(), (name, old) -> sized(old, old.type(), shape));
        }
        return damaged;
    }

    /** As the header's check would let it pass: bytes are those of shape and type, inside the file. */
    private static RawTensor sized(RawTensor part, String type, List<Long> shape) {
        long bytes = shape.stream().reduce(1L, Math::multiplyExact)
                * switch (type) {
                    case "I64" -> 8;
                    case "F32", "I32" -> 4;
                    case "F16", "BF16" -> 2;
                    default -> 1;
                };
        long offset = Math.max(0, Math.min(part.offset(), part.source().size() - bytes));
        return new RawTensor(part.name(), type, shape, part.source(), offset, bytes);
    }

    private static String weightOf(String name) {
        return configs().path(name).path("weight").asText();
    }

    private Map<String, RawTensor> partsOf(String name) {
        return stored.stored().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(name + "."))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static JsonNode configs() {
        return JsonFiles.readObject(DIRECTORY.resolve("quantized-tensors.json"));
    }
}
