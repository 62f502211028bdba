package io.causalstreams.export.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.export.internal.checkpoint.gguf.GgufWeights;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufFile;
import io.causalstreams.export.internal.checkpoint.gguf.file.TinyGguf;
import io.causalstreams.export.internal.checkpoint.gguf.mapping.GgufMapping;
import io.causalstreams.export.internal.checkpoint.gguf.mapping.GgufMappings;
import io.causalstreams.export.internal.checkpoint.safetensors.SafetensorsBytes;
import io.causalstreams.export.internal.checkpoint.safetensors.SafetensorsFile;
import io.causalstreams.export.internal.checkpoint.tokenizer.GgufTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged files end in a {@link CheckpointException} of one line, or open: never in another exception, an error, or a read
 * outside the file ({@link HeapByteSource} refuses those with its own exception, which carries "memory: ends before").
 */
final class MutatedFilesTest {

    private static final int FILES = 10_000;
    private static final long SEED = Long.getLong("test.seed", System.nanoTime());

    /** Values that break arithmetic when they replace a count, a size or an offset. */
    private static final long[] NASTY = {
        0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, Integer.MAX_VALUE, 1L << 31, 1L << 32, 1L << 60, 0x0101010101010101L
    };

    /** The keys that are not arrays come first. */
    private static final int HEADER_BYTES = 1000;

    private final Random random = new Random(SEED);

    @Test
    void shouldOpenOrRefuseMutatedGguf() {
        // Given
        byte[] sound = TinyGguf.llama().build();

        // When, Then
        survives(sound, FILES, this::openGguf);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gemma2",
                "gemma3",
                "gpt-neox",
                "gpt2",
                "granite",
                "mixtral",
                "olmo2",
                "phi3",
                "qwen2",
                "qwen3-moe",
                "smollm3-nope",
                "starcoder2"
            })
    void shouldOpenOrRefuseMutatedGgufOfEveryFamily(String model) throws IOException {
        // Given
        byte[] sound = Files.readAllBytes(Path.of("src/test/resources/tiny-gguf/" + model + ".gguf"));

        // When, Then
        survives(sound, 300, this::openGguf);
    }

    @Test
    void shouldOpenOrRefuseMutatedSafetensors() {
        // Given
        byte[] sound = SafetensorsBytes.of(
                "{\"__metadata__\":{\"format\":\"pt\"},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                        + "\"b\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[24,32]},"
                        + "\"c\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[32,40]}}",
                new byte[40]);

        // When, Then
        survives(sound, FILES, this::openSafetensors);
    }

    private void survives(byte[] sound, int files, Consumer<byte[]> open) {
        System.out.println("MutatedFilesTest: -Dtest.seed=" + SEED);
        open.accept(sound);
        int refused = 0;
        for (int i = 0; i < files; i++) {
            byte[] mutated = mutate(sound);
            try {
                open.accept(mutated);
            } catch (CheckpointException e) {
                refused++;
                assertThat(e.getMessage())
                        .as("file %d of seed %d", i, SEED)
                        .isNotBlank()
                        .doesNotContain("\n");
                assertThat(e.getMessage()).doesNotContain("memory: ends before");
            } catch (RuntimeException | Error e) {
                throw new AssertionError("file " + i + " of seed " + SEED + ": " + e, e);
            }
        }
        assertThat(refused).as("mutations that did damage").isGreaterThan(files / 4);
    }

    private void openGguf(byte[] bytes) {
        GgufFile file = GgufFile.open(HeapByteSource.of(bytes));
        GgufMapping family = GgufMappings.of(file);
        GgufWeights weights = new GgufWeights(file, family.weights(file, family.config(file)));
        weights.names().forEach(weights::read);
        GgufTokenizer.tokenizer(file.metadata(), JsonFiles.MAPPER.createObjectNode());
    }

    private void openSafetensors(byte[] bytes) {
        SafetensorsFile.open(HeapByteSource.of(bytes)).tensors().values().forEach(StoredTensor::read);
    }

    /** One to three changes: bits, bytes, integers, digits, ranges cut out or doubled, the end cut off. */
    private byte[] mutate(byte[] sound) {
        byte[] bytes = sound.clone();
        for (int change = 1 + random.nextInt(3); change > 0 && bytes.length > 8; change--) {
            // Headers are where damage matters: half of the changes go there.
            int at = random.nextInt(random.nextBoolean() ? Math.min(HEADER_BYTES, bytes.length) : bytes.length);
            switch (random.nextInt(7)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> putLittleEndian(bytes, at, NASTY[random.nextInt(NASTY.length)], random.nextBoolean() ? 8 : 4);
                case 3 -> replaceDigit(bytes, at);
                case 4 -> bytes = without(bytes, at, random.nextInt(16));
                case 5 -> bytes = doubled(bytes, at, random.nextInt(64));
                default -> bytes = Arrays.copyOf(bytes, at);
            }
        }
        return bytes;
    }

    private static void putLittleEndian(byte[] bytes, int at, long value, int size) {
        for (int i = 0; i < size && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (value >>> (8 * i));
        }
    }

    /** Makes the next decimal number of a JSON header another one. */
    private void replaceDigit(byte[] bytes, int from) {
        for (int at = from; at < bytes.length; at++) {
            if (bytes[at] >= '0' && bytes[at] <= '9') {
                bytes[at] = (byte) "0123456789-.eE]}".charAt(random.nextInt(16));
                return;
            }
        }
    }

    private static byte[] without(byte[] bytes, int from, int length) {
        int to = Math.min(bytes.length, from + length);
        return concat(List.of(Arrays.copyOf(bytes, from), Arrays.copyOfRange(bytes, to, bytes.length)));
    }

    private static byte[] doubled(byte[] bytes, int from, int length) {
        int to = Math.min(bytes.length, from + length);
        return concat(List.of(Arrays.copyOf(bytes, to), Arrays.copyOfRange(bytes, from, bytes.length)));
    }

    private static byte[] concat(List<byte[]> parts) {
        byte[] whole = new byte[parts.stream().collect(Collectors.summingInt(part -> part.length))];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        return whole;
    }
}
